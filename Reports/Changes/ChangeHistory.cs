using System.Collections.Concurrent;
using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;

namespace Reports.Changes;

/// <summary>Modes and verdicts for pages and API: kept, and worked out anew when there is something new to work them out from.</summary>
/// <param name="store">The observations.</param>
/// <param name="network">Targets and changes.</param>
/// <param name="options">How much time, and what is alike.</param>
/// <param name="files">Keeps what was read of the history; null: nowhere.</param>
/// <param name="time">The clock.</param>
internal sealed class ChangeHistory(IObservationStore store, AnycastNetwork network, ComparisonOptions options, RoutingFiles? files, TimeProvider time)
{
    // Results come late for hours, seldom for days.
    private static readonly TimeSpan Settled = TimeSpan.FromDays(3);
    private static readonly TimeSpan LifetimeOfSettled = TimeSpan.FromHours(6);
    private static readonly TimeSpan LifetimeOfRecent = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LifetimeOfRouting = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Target, int Family), Kept> routing = new();
    private readonly ConcurrentDictionary<Annotation, Judged> verdicts = new();

    /// <summary>The targets and families that are measured.</summary>
    public IReadOnlyList<(Target Target, int Family)> Services =>
    [
        .. network.Targets.SelectMany(target => store.Measurements(target.Name).Select(measurement => measurement.Family).Distinct().Order().Select(family => (target, family))),
    ];

    /// <summary>What is known already of the routing of a target and family; null: nothing yet.</summary>
    public RoutingReport? Known(string target, int family) => routing.TryGetValue((target, family), out var kept) ? kept.Report : null;

    /// <summary>The routing of a target and family as it was read a moment ago; null: it has to be looked at anew.</summary>
    public RoutingReport? Fresh(string target, int family) =>
        routing.TryGetValue((target, family), out var kept) && kept.Report is { Complete: true } report && time.GetUtcNow() - kept.At < LifetimeOfRouting ? report : null;

    /// <summary>What became of the operator's changes, where all of it was judged a while ago; null: something has to be judged anew.</summary>
    public IReadOnlyList<AnnotationReport>? FreshAnnotations(Window? window)
    {
        var changes = InWindow(network, window).ToList();
        if (changes.Count == 0)
        {
            return [];
        }

        var (now, clock) = (DataTime.Now(store, network, time.GetUtcNow()), time.GetUtcNow());
        var known = changes.Select(change => verdicts.TryGetValue(change, out var kept) && kept.Fresh is { } judged && clock - judged.At < LifetimeOf(judged.Report, now) ? judged.Report : null)
            .OfType<AnnotationReport>().ToList();
        return known.Count == changes.Count ? known : null;
    }

    /// <summary>The routing of a target and family.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="budget">How long days and weeks may be read that nobody has read before; what is missing then is read the next time.</param>
    /// <param name="cancellation">Ends it.</param>
    public RoutingReport Routing(Target target, int family, TimeSpan budget, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        var kept = routing.GetOrAdd((target.Name, family), _ => new Kept());
        lock (kept.Gate)
        {
            var now = DataTime.Now(store, network, time.GetUtcNow());
            if (kept.Report is { Complete: true } known && time.GetUtcNow() - kept.At < LifetimeOfRouting)
            {
                return known;
            }

            var reader = new RoutingReader(store, new CatchmentReader(store, network.IdentityTemplates, cancellation), network.IdentityTemplates, options, files);
            var newness = reader.Newness(target, family, now);
            if (kept.Report is not { Complete: true } || kept.Newness != newness)
            {
                // One at least, so that whoever asks again gets on.
                var (started, read) = (time.GetTimestamp(), 0);
                kept.Report = RoutingReport.Of(reader.Read(target, family, now, mayRead: () => read++ == 0 || time.GetElapsedTime(started) < budget));
                kept.Newness = newness;
            }

            kept.At = time.GetUtcNow();
            return kept.Report;
        }
    }

    /// <summary>What became of the operator's changes, by time.</summary>
    /// <param name="window">Only of those made in it; null: all.</param>
    /// <param name="cancellation">Ends it; what was judged until then is kept.</param>
    public IReadOnlyList<AnnotationReport> Annotations(Window? window, CancellationToken cancellation) =>
        [.. InWindow(network, window).Select(change => Judge(change, cancellation))];

    /// <summary>The changes made in a window, by time; all, where it is null.</summary>
    public static IEnumerable<Annotation> InWindow(AnycastNetwork network, Window? window) =>
        network.Annotations.Where(change => window is null || (change.At >= window.From && change.At < window.To)).OrderBy(change => change.At);

    private AnnotationReport Judge(Annotation change, CancellationToken cancellation)
    {
        // One at a time each: whoever asks while it is being judged waits for that one, and for no other.
        var kept = verdicts.GetOrAdd(change, _ => new Judged());
        lock (kept.Gate)
        {
            var (now, clock) = (DataTime.Now(store, network, time.GetUtcNow()), time.GetUtcNow());
            var places = store.PlacesVersion;
            if (kept.Report is not { } known || kept.Places != places || clock - kept.At >= LifetimeOf(known, now))
            {
                var reader = new AnnotationReader(store, new CatchmentReader(store, network.IdentityTemplates, cancellation), network, options);
                (kept.Report, kept.At, kept.Places) = (AnnotationReport.Of(reader.Read(change, now)), clock, places);
                kept.Fresh = new Verdict(kept.Report, clock);
            }

            return kept.Report;
        }
    }

    private TimeSpan LifetimeOf(AnnotationReport report, DateTimeOffset now) =>
        report.Provisional || now - DateTimeOffset.FromUnixTimeSeconds(report.At) < options.Settle + options.Window + Settled ? LifetimeOfRecent : LifetimeOfSettled;

    private sealed record Verdict(AnnotationReport Report, DateTimeOffset At);

    private sealed class Judged
    {
        public readonly Lock Gate = new();

        // For whoever does not wait at the gate.
        public volatile Verdict? Fresh;

        public AnnotationReport? Report;

        public DateTimeOffset At;

        public int Places;
    }

    private sealed class Kept
    {
        public readonly Lock Gate = new();

        public volatile RoutingReport? Report;

        public long Newness;

        public DateTimeOffset At = DateTimeOffset.MinValue;
    }
}
