using System.Runtime.InteropServices;
using Analyzer.Catchments;

namespace Analyzer.Hours;

/// <summary>Adds up what one probe met in one hour.</summary>
internal sealed class ProbeInHour
{
    private readonly List<(int Pop, int Rounds)> byRound = [];
    private readonly List<(int Pop, int Rounds)> byPing = [];
    private readonly List<double> answersMs = [];
    private readonly List<double> pingsMs = [];
    private bool hasInterceptor;

    /// <summary>Whether anything left the probe.</summary>
    public bool HasAsked { get; set; }

    /// <summary>Whether anything came back.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Empties it for another probe.</summary>
    public void Clear()
    {
        byRound.Clear();
        byPing.Clear();
        answersMs.Clear();
        pingsMs.Clear();
        HasAsked = IsAnswered = hasInterceptor = false;
    }

    /// <summary>Adds an answered DNS round.</summary>
    /// <param name="pop">Number of the PoP or class.</param>
    /// <param name="rttMs">Its time; NaN: none that counts.</param>
    public void AddRound(int pop, double rttMs)
    {
        hasInterceptor |= pop == HourTable.InterceptorNumber;
        Count(byRound, pop);
        if (!double.IsNaN(rttMs))
        {
            answersMs.Add(rttMs);
        }
    }

    /// <summary>Adds an answered ping.</summary>
    /// <param name="pop">Number of the PoP or class.</param>
    /// <param name="rttMs">Its fastest packet.</param>
    public void AddPing(int pop, double rttMs)
    {
        Count(byPing, pop);
        pingsMs.Add(rttMs);
    }

    /// <summary>What it adds up to: the PoP of most rounds, of equals the latest; without rounds, that of the pings.</summary>
    public ProbeHour Sum(int probe)
    {
        var times = CollectionsMarshal.AsSpan(pingsMs.Count > 0 ? pingsMs : answersMs);
        times.Sort();
        var pop = Most(byRound) is >= HourTable.FirstPop and var served ? served
            : hasInterceptor ? HourTable.InterceptorNumber
            : byRound.Count == 0 && Most(byPing) is >= HourTable.FirstPop and var pinged ? pinged
            : IsAnswered ? HourTable.UnknownNumber
            : HourTable.UnansweredNumber;
        return new ProbeHour(probe, pop, times.IsEmpty ? double.NaN : Quantiles.At(times, 0.5));
    }

    private static void Count(List<(int Pop, int Rounds)> counts, int pop)
    {
        // The latest stands last.
        var index = counts.FindIndex(count => count.Pop == pop);
        var rounds = 1;
        if (index >= 0)
        {
            rounds += counts[index].Rounds;
            counts.RemoveAt(index);
        }

        counts.Add((pop, rounds));
    }

    private static int Most(List<(int Pop, int Rounds)> counts)
    {
        var (most, rounds) = (-1, 0);
        foreach (var count in counts)
        {
            if (count.Pop >= HourTable.FirstPop && count.Rounds >= rounds)
            {
                (most, rounds) = count;
            }
        }

        return most;
    }
}
