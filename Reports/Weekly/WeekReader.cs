using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Atlas;
using Collector.Configuration.Checks;
using Collector.Controls;
using Collector.Network;
using Collector.Store;

namespace Reports.Weekly;

/// <summary>What the store tells of a week: read once for its catchments and for the checks.</summary>
/// <param name="Week">The week.</param>
/// <param name="Catchments">One each target and family with data in it, without their rounds.</param>
/// <param name="Findings">What the checks noticed, in the order in which findings are shown.</param>
/// <param name="SilentPops">The PoPs that fell silent, with who took over.</param>
/// <param name="HasRootControls">Whether root servers were asked about suspects, beside our own targets.</param>
internal sealed record ReadWeek(
    IsoWeek Week, IReadOnlyList<Catchment> Catchments, IReadOnlyList<Finding> Findings, IReadOnlyList<SilentPop> SilentPops, bool HasRootControls);

/// <summary>A PoP that fell silent.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Pop">The PoP.</param>
/// <param name="Silence">When.</param>
/// <param name="RoundSeconds">Time between two rounds: what is known of a gap is known to within one.</param>
/// <param name="TakeOver">What became of its probes.</param>
internal sealed record SilentPop(string Target, int Family, Pop Pop, Episode Silence, long RoundSeconds, TakeOver TakeOver);

/// <summary>Reads weeks, and keeps the last two: a week is read for its own report and is then the week before of the next one.</summary>
/// <param name="store">The observations.</param>
/// <param name="network">Targets and rules.</param>
/// <param name="options">The checks' thresholds; null: the defaults.</param>
/// <param name="controls">What suspects reached elsewhere; null: nobody is asked, and only our own targets are controls for one another.</param>
/// <param name="tell">Told why the controls could not be read; null: nobody asks.</param>
internal sealed class WeekReader(
    IObservationStore store, AnycastNetwork network, ChecksOptions? options = null, IControlReader? controls = null, Action<string>? tell = null)
{
    private readonly CheckSuite suite = new(options);
    private readonly PopSilent silent = new((options ?? new ChecksOptions()).PopSilent);
    private readonly CatchmentReader catchments = new(store, network.IdentityTemplates);
    private readonly Queue<ReadWeek> known = new();

    /// <summary>The week, read or remembered.</summary>
    /// <param name="week">The week.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ReadWeek> ReadAsync(IsoWeek week, CancellationToken cancellationToken = default)
    {
        if (known.FirstOrDefault(one => one.Week == week) is { } remembered)
        {
            return remembered;
        }

        var read = await FreshAsync(week, cancellationToken);
        known.Enqueue(read);
        if (known.Count > 2)
        {
            known.Dequeue();
        }

        return read;
    }

    private async Task<ReadWeek> FreshAsync(IsoWeek week, CancellationToken cancellationToken)
    {
        var reader = new CheckReader(catchments, suite, controls);
        var input = reader.Read(network.Targets, Window.Of(week));
        var isAsked = controls is not null;
        try
        {
            input = await reader.AskAsync(input, cancellationToken);
        }
        catch (AtlasException problem)
        {
            // Without controls fewer black holes can be told from probes that are offline; everything else stays.
            isAsked = false;
            tell?.Invoke(problem.Message);
        }

        return new ReadWeek(week, input.Catchments, suite.Find(input), [.. SilentPops(input)], isAsked);
    }

    private IEnumerable<SilentPop> SilentPops(CheckInput input) =>
        input.Services.SelectMany(service => silent.Silences(input, service).Select(found =>
            new SilentPop(service.Target.Name, service.Family, service.Pop(found.Pop), found.Silence, service.DnsInterval, found.TakeOver)));
}
