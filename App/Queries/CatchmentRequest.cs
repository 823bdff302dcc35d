using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;

namespace App.Queries;

/// <summary>What one question about a catchment asks for.</summary>
/// <param name="Target">Whose catchment.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Window">When.</param>
/// <param name="By">What the rows stand for.</param>
/// <param name="Compare">The window to compare with; null: none.</param>
internal sealed record CatchmentRequest(Target Target, int Family, Window Window, CatchmentKey By, Window? Compare)
{
    /// <summary>Reads it from words.</summary>
    /// <param name="network">The configured targets.</param>
    /// <param name="target">Name of a target or preset.</param>
    /// <param name="family">4 or 6; null: the only one the target has.</param>
    /// <param name="window">When.</param>
    /// <param name="by">What the rows stand for; null: PoPs.</param>
    /// <param name="compare">A week; null: none.</param>
    /// <exception cref="ConfigurationException">Something cannot be used.</exception>
    public static CatchmentRequest Parse(AnycastNetwork network, string target, string? family, Window window, string? by, string? compare)
    {
        var found = FindTarget(network, target);
        var request = new CatchmentRequest(
            found,
            ParseFamily(found, family),
            window,
            ParseKey(by),
            compare is null ? null : Window.Of(IsoWeek.Parse(compare, "--compare")));
        return request.Compare is { } other && other.From == window.From && other.To == window.To
            ? throw new ConfigurationException($"--compare is {other}, the week itself; allowed: another week, such as {window.Previous}")
            : request;
    }

    /// <summary>Reads the answer: silent probes with the PoP that served them before, where rows are PoPs, servers or probes.</summary>
    public (CatchmentTable Table, Comparison? Comparison) Answer(CatchmentReader reader)
    {
        var catchment = reader.Read(Target, Family, Window);
        if (By is CatchmentKey.Pop or CatchmentKey.Server or CatchmentKey.Probe && catchment.Probes.Any(probe => probe.IsSilent))
        {
            catchment = catchment.WithFormer(reader.Read(Target, Family, Window.Previous));
        }

        return (CatchmentTable.Of(catchment, By), Compare is { } other ? Comparison.Of(reader.Read(Target, Family, other), catchment) : null);
    }

    /// <summary>A target of the configuration, else a preset.</summary>
    /// <exception cref="ConfigurationException">There is none of that name.</exception>
    public static Target FindTarget(AnycastNetwork network, string name) =>
        network.Targets.FirstOrDefault(target => string.Equals(target.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? Presets.Find(name)
        ?? throw new ConfigurationException(
            $"--target is {Quoted.Value(name)}; allowed: {string.Join(", ", network.Targets.Select(target => target.Name).Append($"{Presets.Names[0]} to {Presets.Names[^1]}"))}");

    private static int ParseFamily(Target target, string? family) => family switch
    {
        "4" => 4,
        "6" => 6,
        null when target.IPv6 is null && target.IPv4 is not null => 4,
        null when target.IPv4 is null && target.IPv6 is not null => 6,
        null => throw new ConfigurationException("--family is missing; allowed: 4 or 6"),
        _ => throw new ConfigurationException($"--family is {Quoted.Value(family)}; allowed: 4 or 6"),
    };

    private static CatchmentKey ParseKey(string? by) =>
        by is null ? CatchmentKey.Pop
        : Enum.GetValues<CatchmentKey>().Cast<CatchmentKey?>().FirstOrDefault(key => string.Equals(by, key.ToString(), StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException(
                $"--by is {Quoted.Value(by)}; allowed: {string.Join(", ", Enum.GetValues<CatchmentKey>().Select(Reports.Catchments.CatchmentJson.NameOf))}");
}
