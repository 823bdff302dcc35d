using System.Collections.Concurrent;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Hours;
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
    IsoWeek Week, IReadOnlyList<Catchment> Catchments, IReadOnlyList<Finding> Findings, IReadOnlyList<SilentPop> SilentPops, bool HasRootControls)
{
    /// <summary>The hours of each target and family, from the week's first to its last; null: nobody asked for them.</summary>
    public IReadOnlyDictionary<(string Target, int Family), IReadOnlyList<HourRollup>>? Hours { get; init; }
}

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
    private readonly List<ReadWeek> known = [];

    /// <summary>The week, read or remembered.</summary>
    /// <param name="week">The week.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ReadWeek> ReadAsync(IsoWeek week, CancellationToken cancellationToken = default) => ReadAsync(week, withHours: false, cancellationToken);

    /// <summary>The same with its hours.</summary>
    /// <param name="week">The week.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<ReadWeek> ReadWithHoursAsync(IsoWeek week, CancellationToken cancellationToken = default) => ReadAsync(week, withHours: true, cancellationToken);

    private async Task<ReadWeek> ReadAsync(IsoWeek week, bool withHours, CancellationToken cancellationToken)
    {
        if (known.Find(one => one.Week == week) is { } remembered)
        {
            if (!withHours || remembered.Hours is not null)
            {
                return remembered;
            }

            known.Remove(remembered);
        }

        var read = await FreshAsync(week, withHours, cancellationToken);
        known.Add(read);
        if (known.Count > 2)
        {
            known.RemoveAt(0);
        }

        return read;
    }

    private async Task<ReadWeek> FreshAsync(IsoWeek week, bool withHours, CancellationToken cancellationToken)
    {
        var reader = new CheckReader(catchments, suite, controls);
        var window = Window.Of(week);
        var hours = new ConcurrentDictionary<(string Target, int Family), WeekHours>();
        var input = reader.Read(network.Targets, window, withHours ? (target, family) => hours[(target.Name, family)] = HoursOf(target, family, window) : null);
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

        return new ReadWeek(week, input.Catchments, suite.Find(input), [.. SilentPops(input)], isAsked)
        {
            Hours = withHours ? hours.ToDictionary(pair => pair.Key, pair => pair.Value.Hours) : null,
        };
    }

    private WeekHours HoursOf(Target target, int family, Window window) =>
        new(target, store.Measurements(target.Name).Where(measurement => measurement.Family == family), window);

    private IEnumerable<SilentPop> SilentPops(CheckInput input) =>
        input.Services.SelectMany(service => silent.Silences(input, service).Select(found =>
            new SilentPop(service.Target.Name, service.Family, service.Pop(found.Pop), found.Silence, service.DnsInterval, found.TakeOver)));
}
