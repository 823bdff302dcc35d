using Analyzer.Catchments;

namespace Analyzer.Checks;

/// <summary>What was normal: the day before the window, or the window's first day where nothing is known of the time before it.</summary>
internal static class Before
{
    private const long DaySeconds = 86400;

    /// <summary>The first instant after that day, Unix seconds.</summary>
    public static long End(ServiceSeries service) =>
        service.Now.Window.FromUnixSeconds + (service.Lead is { IsEmpty: false } ? 0 : DaySeconds);

    /// <summary>The PoP of most of a probe's rounds on that day, a number in the tracks; −1: none.</summary>
    /// <param name="track">The probe.</param>
    /// <param name="end">The first instant after the day.</param>
    public static int HomeOf(ProbeTrack track, long end)
    {
        var rounds = new Dictionary<short, int>();
        var (all, home) = (0, (short)-1);
        for (var index = track.FirstFrom(end - DaySeconds); index < track.Dns.Count && track.Dns[index].At < end; index++)
        {
            if (track.Dns[index] is { Kind: RoundKind.Pop, Pop: var pop })
            {
                all++;
                rounds[pop] = rounds.GetValueOrDefault(pop) + 1;
                home = home < 0 || rounds[pop] > rounds[home] ? pop : home;
            }
        }

        return all >= FlipDetector.RoundsToPersist && rounds[home] * 2 > all ? home : -1;
    }
}
