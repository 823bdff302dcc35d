using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;
using Collector.Store;

namespace Analyzer.Comparisons;

/// <summary>Reads how the routing has been. What is over is read from the store once, and again when more of its samples have come in.</summary>
/// <param name="store">Where the observations are.</param>
/// <param name="catchments">Reads catchments of the same store.</param>
/// <param name="templates">The operator's host templates.</param>
/// <param name="options">How many days, and what is alike.</param>
/// <param name="files">Keeps what was read; null: nothing is kept.</param>
public sealed class RoutingReader(
    IObservationStore store, CatchmentReader catchments, IReadOnlyList<string> templates, ComparisonOptions options, RoutingFiles? files = null)
{
    // Five years. Every two weeks are compared with each other.
    private const int MostWeeks = 260;

    private const int SecondsOfDay = 86_400;

    private readonly IObservationStore store = store;
    private readonly CatchmentReader catchments = catchments;
    private readonly IReadOnlyList<string> templates = templates;
    private readonly ComparisonOptions options = options;
    private readonly RoutingFiles? files = files;

    /// <summary>Reads it.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="until">Days and weeks that end by then.</param>
    /// <param name="known">Catchments that have been read already.</param>
    /// <param name="mayRead">Asked before each day or week that has to be read from the store; when it says no, that one and what lies before it
    /// are left out. Null: always.</param>
    /// <exception cref="ConfigurationException">A pattern or template cannot be used.</exception>
    public RoutingHistory Read(Target target, int family, DateTimeOffset until, IEnumerable<Catchment>? known = null, Func<bool>? mayRead = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var service = new OfService(this, target, family, known ?? [], mayRead ?? (() => true));
        var last = service.LastDay(until);
        var days = last is { } day ? service.Read(Enumerable.Range(0, options.Days).Select(back => DayOf(day - back))) : [];
        var week = last is { } newest && IsoWeek.Of(At(newest)) is var running ? running.End <= until ? running : running.Previous : (IsoWeek?)null;
        var weeks = week is { } first ? service.Read(Enumerable.Range(0, MostWeeks).Select(back => Window.Of(IsoWeek.Of(first.Start.AddDays(-7 * back))))) : [];
        var timeline = ModeTimeline.Of(days, options.Probes, options.SharedAbove);
        if (last is { } latest)
        {
            files?.Forget(target.Name, family, At(latest - options.Days + 1));
        }

        return new RoutingHistory(target, family, timeline, ModeTimeline.Of(weeks, options.Probes, options.SharedAbove))
        {
            Day = timeline.Newest() is { News: RoutingNews.New or RoutingNews.First } unseen ? Older(unseen, days, weeks) : timeline.Newest(),
            IsComplete = service.IsComplete,
        };
    }

    /// <summary>A number that changes when there is something new to read, samples of days that are over by then, or probes are placed anew.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="until">Days that end by then.</param>
    public long Newness(Target target, int family, DateTimeOffset until)
    {
        ArgumentNullException.ThrowIfNull(target);
        var end = until.ToUnixTimeSeconds() / SecondsOfDay;
        var hash = new HashCode();
        hash.Add(store.PlacesVersion);
        foreach (var (day, (_, samples)) in DaysOf(target, family).Where(one => one.Key < end))
        {
            hash.Add(day);
            hash.Add(samples);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether the newest day resembles a week from before the first of the days.</summary>
    private RoutingStatement Older(RoutingStatement statement, List<ServedPops> days, List<ServedPops> weeks)
    {
        foreach (var week in weeks.Where(week => week.Window.To <= days[0].Window.From && week.Count >= options.Probes).Reverse())
        {
            if (SimilarityTable.Of([week, days[^1]], options.Probes)[0, 1] is { } similarity && similarity > options.SharedAbove)
            {
                return statement with { News = RoutingNews.Returned, Other = week.Window, Similarity = similarity };
            }
        }

        return statement;
    }

    private SortedDictionary<long, (long Probes, long Samples)> DaysOf(Target target, int family)
    {
        var days = new SortedDictionary<long, (long Probes, long Samples)>();
        foreach (var measurement in store.Measurements(target.Name).Where(measurement => measurement.Family == family && measurement.Kind == MeasurementKind.Dns))
        {
            var first = measurement.Start is { } start ? start.ToUnixTimeSeconds() / SecondsOfDay : long.MinValue;
            foreach (var day in store.Days(measurement.Id).Where(day => day.Day >= first))
            {
                var sum = days.GetValueOrDefault(day.Day);
                days[day.Day] = (Math.Max(sum.Probes, day.Probes), sum.Samples + day.Samples);
            }
        }

        return days;
    }

    private static DateTimeOffset At(long day) => DateTimeOffset.FromUnixTimeSeconds(day * SecondsOfDay);

    private static Window DayOf(long day) => new(At(day), At(day + 1));

    /// <summary>One target and family.</summary>
    private sealed class OfService(RoutingReader reader, Target target, int family, IEnumerable<Catchment> known, Func<bool> mayRead)
    {
        private readonly SortedDictionary<long, (long Probes, long Samples)> days = reader.DaysOf(target, family);
        private readonly List<Catchment> read = [.. known.Where(catchment => catchment.Target.Name == target.Name && catchment.Family == family)];
        private readonly ulong rules = RoutingRules.Of(target, reader.templates, reader.store.Places);
        private long? leastProbes;

        public bool IsComplete { get; private set; } = true;

        /// <summary>Days of fewer probes are those of probes whose clocks are wrong, some by years: of thousands, more than a handful.</summary>
        private long LeastProbes => leastProbes ??= Math.Max(reader.options.Probes, days.Count == 0 ? 0 : days.Values.Max(day => day.Probes) / 100);

        /// <summary>The last day with enough probes.</summary>
        public long? LastDay(DateTimeOffset until) =>
            days.Where(day => day.Key < until.ToUnixTimeSeconds() / SecondsOfDay && day.Value.Probes >= LeastProbes).Select(day => (long?)day.Key).LastOrDefault();

        /// <summary>The windows, ascending, from the first with probes on.</summary>
        /// <param name="windows">The latest first.</param>
        public List<ServedPops> Read(IEnumerable<Window> windows)
        {
            var found = new List<ServedPops>();
            foreach (var window in windows)
            {
                if (Find(window) is not { } served)
                {
                    IsComplete = false;
                    break;
                }

                found.Add(served);
            }

            found.Reverse();
            return found[found.FindIndex(served => served.Count >= reader.options.Probes) is var first and >= 0 ? first.. : ^0..];
        }

        private ServedPops? Find(Window window)
        {
            var held = days.Where(day => day.Key * SecondsOfDay >= window.FromUnixSeconds && day.Key * SecondsOfDay < window.ToUnixSeconds).Select(day => day.Value).ToList();
            var samples = held.Sum(day => day.Samples);
            if (reader.files?.Find(target.Name, family, window, rules, samples) is { } kept)
            {
                return kept;
            }

            if (held.All(day => day.Probes < LeastProbes))
            {
                return new ServedPops(window, [], []);
            }

            var catchment = read.Find(one => one.Window.From == window.From && one.Window.To == window.To);
            if (catchment is null && !mayRead())
            {
                return null;
            }

            var served = ServedPops.Of(catchment ?? reader.catchments.ReadServed(target, family, window));
            reader.files?.Keep(target.Name, family, served, rules, samples);
            return served;
        }
    }
}
