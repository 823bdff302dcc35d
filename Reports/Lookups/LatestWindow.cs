using Analyzer.Time;
using Collector.Network;
using Collector.Store;

namespace Reports.Lookups;

/// <summary>The time that "now" means where nobody says otherwise: the last day of which there are results.</summary>
internal static class LatestWindow
{
    /// <summary>How long it is.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(1);

    /// <summary>The last day of which there are results of these targets; the last before now when there are none at all.</summary>
    /// <param name="store">The observations.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="now">The present.</param>
    public static Window Of(IObservationStore store, IEnumerable<Target> targets, DateTimeOffset now)
    {
        var ids = targets.SelectMany(target => store.Measurements(target.Name)).Select(measurement => measurement.Id).ToHashSet();

        // How far results were fetched is our own clock's word. Where they came from files, only the probes' clocks are left, and some
        // of them are years ahead.
        var fetched = ids.Select(store.Watermark).Max();
        var last = fetched ?? store.Facts().Where(facts => ids.Contains(facts.Measurement)).Select(facts => (long?)facts.Latest + 1).Max();
        var to = last is { } seconds && seconds < now.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : now.ToUniversalTime();
        return new Window(to - Length, to);
    }
}
