using Analyzer.Catchments;

namespace Analyzer.Hours;

/// <summary>What one attempt of a probe came to: a point of its own.</summary>
/// <param name="At">When, by the probe's clock; Unix seconds.</param>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Pop">Number of the PoP or class in <see cref="HourTable.Pops"/>.</param>
/// <param name="Source">What it was measured with.</param>
/// <param name="RttMs">Its round-trip time in milliseconds: of the fastest answer or packet.</param>
public readonly record struct AttributedRtt(long At, int Probe, int Pop, RttSource Source, double RttMs);

/// <summary>One probe in one hour.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Pop">Number of the PoP or class in <see cref="HourTable.Pops"/>.</param>
/// <param name="RttMs">The median of its pings' fastest packets, without pings of its DNS answers, in milliseconds; NaN: none.</param>
public readonly record struct ProbeHour(int Probe, int Pop, double RttMs);

/// <summary>A target and family, hour by hour and probe by probe.</summary>
public sealed class HourTable
{
    /// <summary>The word in the place of a PoP where something answered and no PoP can be named.</summary>
    public const string Unknown = "unknown";

    /// <summary>The word in the place of a PoP where a middlebox or resolver answered.</summary>
    public const string Interceptor = "interceptor";

    /// <summary>The word in the place of a PoP where nothing answered.</summary>
    public const string Unanswered = "unanswered";

    /// <summary>Numbers from this one on are PoPs, those below the words for what is none.</summary>
    public const int FirstPop = 3;

    internal const int UnknownNumber = 0;
    internal const int InterceptorNumber = 1;
    internal const int UnansweredNumber = 2;

    private readonly List<string> pops = [Unknown, Interceptor, Unanswered];
    private readonly Dictionary<string, int> numbers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes an empty one.</summary>
    /// <param name="fromHour">The first hour, in hours since 1970.</param>
    /// <param name="hours">How many there are.</param>
    public HourTable(long fromHour, int hours)
    {
        FromHour = fromHour;
        Probes = [.. Enumerable.Range(0, hours).Select(_ => new List<ProbeHour>())];
    }

    /// <summary>The first hour, in hours since 1970.</summary>
    public long FromHour { get; }

    /// <summary>The words for what is no PoP, then the codes of the PoPs met.</summary>
    public IReadOnlyList<string> Pops => pops;

    /// <summary>The probes that asked, for each hour, ascending by id.</summary>
    public IReadOnlyList<List<ProbeHour>> Probes { get; }

    /// <summary>What was answered and took a known time: probe by probe ascending by id, of each its DNS rounds and then its pings, by time.</summary>
    public List<AttributedRtt> Rtts { get; } = [];

    /// <summary>Changes of PoP that persisted, in the hours.</summary>
    public List<Flip> Flips { get; } = [];

    /// <summary>For each probe with DNS answers its last one, Unix seconds: pings before it have their PoP for good.</summary>
    public Dictionary<int, long> LastAnswers { get; } = [];

    /// <summary>What Atlas says of the probes, by id.</summary>
    public Dictionary<int, ProbeCatchment> Catchments { get; } = [];

    /// <summary>The longest time between two CHAOS queries, in seconds.</summary>
    public long IntervalSeconds { get; init; }

    /// <summary>The ASes with the most probes, of equals the lowest numbers: those that get rows of their own, however many there are.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlySet<uint> LargestAsns(int count) =>
        Catchments.Values.Select(probe => probe.Asn).OfType<uint>().CountBy(asn => asn)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(count).Select(pair => pair.Key).ToHashSet();

    /// <summary>Whether something in the place of a PoP is one, and not a word for what is none.</summary>
    /// <param name="pop">A PoP's code, or one of the words.</param>
    public static bool IsPop(string pop) => pop is not (Unknown or Interceptor or Unanswered);

    /// <summary>The number of a PoP.</summary>
    /// <param name="code">Its code.</param>
    public int NumberOf(string code)
    {
        if (!numbers.TryGetValue(code, out var number))
        {
            numbers[code] = number = pops.Count;
            pops.Add(code);
        }

        return number;
    }

    /// <summary>Puts everything in the order it is promised in, whatever the order of the store: sums of the same numbers in another order
    /// differ in their last digit.</summary>
    internal void Sort()
    {
        foreach (var hour in Probes)
        {
            hour.Sort(static (left, right) => left.Probe.CompareTo(right.Probe));
        }

        Rtts.Sort(static (left, right) => (left.Probe, left.Source == RttSource.Ping, left.At).CompareTo((right.Probe, right.Source == RttSource.Ping, right.At)));
        Flips.Sort(static (left, right) => (left.At, left.From, left.To).CompareTo((right.At, right.From, right.To)));
    }
}
