using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Controls;
using Collector.Network;

namespace Analyzer.Checks;

/// <summary>Reads what the checks need, asks the controls about suspects, and runs them.</summary>
/// <param name="reader">Reads the catchments.</param>
/// <param name="suite">The checks.</param>
/// <param name="controls">Reads the controls; null: only our own targets are controls for one another.</param>
public sealed class CheckReader(CatchmentReader reader, CheckSuite suite, IControlReader? controls = null)
{
    /// <summary>So much of the time before a window is read, to know what was normal.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromDays(1);

    /// <summary>The catchments of a window, and what the checks noticed in it.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="window">The window.</param>
    /// <param name="only">Only this check; null: all.</param>
    /// <param name="cancellationToken">Ends the asking of controls.</param>
    public async Task<(IReadOnlyList<Catchment> Catchments, IReadOnlyList<Finding> Findings)> ReadAsync(
        IReadOnlyList<Target> targets, Window window, string? only = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(window);
        var catchments = reader.ReadAll(targets, window, keepSeries: true);
        var findings = await FindAsync(targets, catchments, window, only, cancellationToken);
        return ([.. catchments.Select(WithoutSeries)], findings);
    }

    /// <summary>What the checks notice in catchments that were read with series.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="catchments">One each target and family of the window.</param>
    /// <param name="window">The window.</param>
    /// <param name="only">Only this check; null: all.</param>
    /// <param name="cancellationToken">Ends the asking of controls.</param>
    public async Task<IReadOnlyList<Finding>> FindAsync(
        IReadOnlyList<Target> targets, IReadOnlyList<Catchment> catchments, Window window, string? only = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(window);
        var input = new CheckInput(window, catchments, reader.ReadAll(targets, new Window(window.From - Lead, window.From), keepSeries: true));
        if (controls is not null && suite.Suspects(input) is { Count: > 0 } suspects)
        {
            input = input.With(await controls.ReadAsync(suspects, cancellationToken));
        }

        return suite.Find(input, only);
    }

    /// <summary>The same without the rounds, which are only good for the checks and take most of the room.</summary>
    private static Catchment WithoutSeries(Catchment catchment) => catchment with
    {
        Claims = [],
        SeriesPops = [],
        Probes = [.. catchment.Probes.Select(probe => probe with { Series = null })],
    };
}
