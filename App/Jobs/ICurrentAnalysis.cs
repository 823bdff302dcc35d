using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;

namespace App.Jobs;

/// <summary>The present, as the <c>analyze</c> job last saw it.</summary>
internal interface ICurrentAnalysis
{
    /// <summary>The last analysis; null before the first.</summary>
    Analysis? Last { get; }
}

/// <summary>What one run of the <c>analyze</c> job found.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Window">The time it is about: the 24 hours before.</param>
/// <param name="Catchments">One a target and family with results in the window.</param>
/// <param name="Findings">What the checks noticed.</param>
public sealed record Analysis(DateTimeOffset At, Window Window, IReadOnlyList<Catchment> Catchments, IReadOnlyList<Finding> Findings)
{
    /// <summary>The <see cref="Collector.Store.IObservationStore.PlacesVersion"/> that probes were placed by.</summary>
    public int PlacesVersion { get; init; }

    /// <summary>How the tool itself stands; null: nobody looked.</summary>
    public ToolState? Tool { get; init; }

    /// <summary>Up to when half of the probes were heard, by target and family; absent: nothing was.</summary>
    public IReadOnlyDictionary<(string Target, int Family), DateTimeOffset> HeardUntil { get; init; } = new Dictionary<(string Target, int Family), DateTimeOffset>();

    /// <summary>Up to when half of the probes were heard.</summary>
    /// <remarks>Half: single probes' clocks are ahead, or they went away.</remarks>
    /// <param name="services">Read with series.</param>
    public static IReadOnlyDictionary<(string Target, int Family), DateTimeOffset> Heard(IEnumerable<ServiceSeries> services)
    {
        var heard = new Dictionary<(string Target, int Family), DateTimeOffset>();
        foreach (var service in services)
        {
            var last = service.Tracks
                .Select(track => Math.Max(track.Dns.Count > 0 ? track.Dns[^1].At : 0, track.Pings.Count > 0 ? track.Pings[^1].At : 0))
                .Where(at => at > 0).Order().ToList();
            if (last.Count > 0)
            {
                heard[(service.Target.Name, service.Family)] = DateTimeOffset.FromUnixTimeSeconds(last[last.Count / 2]);
            }
        }

        return heard;
    }
}
