using System.Runtime.InteropServices;
using Analyzer.Attributions;
using Analyzer.Identities;
using Collector.Network;

namespace Analyzer.Catchments;

/// <summary>What one identity says.</summary>
/// <param name="identity">The identity.</param>
/// <param name="source">The question it answered.</param>
/// <param name="at">When.</param>
/// <param name="sighting">Where from and how fast; null: not known, or not asked yet.</param>
public delegate Identification IdentifyAnswer(string identity, string source, DateTimeOffset at, Sighting? sighting);

/// <summary>
/// Judges rounds by the identities they brought. A week holds millions of rounds but only some hundred combinations of identities, so
/// each combination gets a small number when it is first met, is judged then, and costs one look-up ever after.
/// </summary>
internal sealed class RoundJudge
{
    /// <summary>The number of NSID among the questions.</summary>
    public const int NsidSource = 0;

    private readonly Func<int, string?> text;
    private readonly IdentifyAnswer identify;
    private readonly DateTimeOffset[] epochs;
    private readonly List<string> sources = [Attributor.NsidSource];
    private readonly Dictionary<(int Combination, int Text, int Source), int> grown = [];
    private readonly List<Combination> combinations = [];
    private readonly List<Pop> pops = [];
    private readonly Dictionary<string, int> popNumbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> servers = [];
    private readonly Dictionary<(int Pop, string Server), int> serverNumbers = [];
    private readonly List<UnknownCount> unknown = [];
    private readonly Dictionary<(string Identity, string Source), int> unknownNumbers = [];

    /// <param name="text">The text of a store's id.</param>
    /// <param name="identify">What one identity says at a time.</param>
    /// <param name="epochs">The window's first instant, then each instant inside it from which rules may say something else; ascending.</param>
    public RoundJudge(Func<int, string?> text, IdentifyAnswer identify, DateTimeOffset[] epochs)
    {
        this.text = text;
        this.identify = identify;
        this.epochs = epochs;
        EpochStarts = Array.ConvertAll(epochs, epoch => epoch.ToUnixTimeSeconds());

        // The first combinations are the empty ones, one an epoch: a combination belongs to the epoch it grew from.
        for (var epoch = 0; epoch < epochs.Length; epoch++)
        {
            combinations.Add(new Combination(epoch, []));
        }
    }

    /// <summary>When the epochs begin, Unix seconds; the number of an epoch is that of its empty combination.</summary>
    public long[] EpochStarts { get; }

    /// <summary>The PoPs met, by number.</summary>
    public IReadOnlyList<Pop> Pops => pops;

    /// <summary>The servers met, by number.</summary>
    public IReadOnlyList<string> Servers => servers;

    /// <summary>The identities that stayed unknown in some round, in no order.</summary>
    public IEnumerable<UnknownIdentity> Unknown => unknown.Where(count => count.Rounds > 0)
        .Select(count => new UnknownIdentity(count.Identity, count.Source, count.Rounds, count.Probes) { Networks = count.Networks.Count, From = count.From, To = count.To });

    /// <summary>The text of a store's number; null for 0, which is none.</summary>
    public string? TextOf(int id) => id == 0 ? null : text(id);

    /// <summary>The number of a question.</summary>
    public int Source(string source)
    {
        var number = sources.IndexOf(source);
        if (number < 0)
        {
            number = sources.Count;
            sources.Add(source);
        }

        return number;
    }

    /// <summary>The combination with one more identity; a text id of 0 adds nothing.</summary>
    public int Add(int combination, int textId, int source)
    {
        if (textId == 0)
        {
            return combination;
        }

        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(grown, (combination, textId, source), out var exists);
        if (!exists)
        {
            known = Grow(combination, textId, source);
        }

        return known;
    }

    /// <summary>What a combination means.</summary>
    public ref readonly Judged this[int combination]
    {
        get
        {
            ref var found = ref CollectionsMarshal.AsSpan(combinations)[combination];
            if (!found.IsJudged)
            {
                var identities = Identities(found, sighting: null);
                found.IsJudged = true;
                found.Unknown = [.. identities.Where(IsOpen).Select(NumberOf)];
                found.Judged = Judge(identities) with { DependsOnSighting = found.Unknown.Length > 0 };
            }

            return ref found.Judged;
        }
    }

    /// <summary>What a combination means to a probe at that place, that fast: light may decide what a name leaves open.</summary>
    public Judged Seen(int combination, Sighting sighting) => Judge(Identities(combinations[combination], sighting));

    /// <summary>The identity by which a combination goes where one name has to do; null when it has none.</summary>
    public string? NameOf(int combination) => combinations[combination].Evidence is [var first, ..] ? first.Identity : null;

    /// <summary>The name of the stranger that answered a combination; null when none did.</summary>
    public string? StrangerOf(int combination) =>
        Identities(combinations[combination], sighting: null).FirstOrDefault(identification => identification.Class == IdentityClass.Interceptor)?.Identity;

    /// <summary>Counts a round of unknown identities.</summary>
    public void CountUnknown(in AnsweredRound round, int probe, uint? asn)
    {
        foreach (var number in combinations[round.Combination].Unknown)
        {
            ref var count = ref CollectionsMarshal.AsSpan(unknown)[number];
            count.Networks.Add(asn ?? 0);
            count = count with
            {
                Rounds = count.Rounds + 1,
                Probes = count.Probes + (count.LastProbe == probe ? 0 : 1),
                LastProbe = probe,
                From = count.Rounds == 0 ? round.At : Math.Min(count.From, round.At),
                To = count.Rounds == 0 ? round.At : Math.Max(count.To, round.At),
            };
        }
    }

    private int Grow(int combination, int textId, int source)
    {
        var parent = combinations[combination];
        if (text(textId) is not { Length: > 0 } identity || parent.Evidence.Contains((identity, source)))
        {
            return combination;
        }

        combinations.Add(new Combination(parent.Epoch, [.. parent.Evidence, (identity, source)]));
        return combinations.Count - 1;
    }

    // Ascending by source and text: samples of one second come in an order that says nothing.
    private List<Identification> Identities(in Combination combination, Sighting? sighting)
    {
        var at = epochs[combination.Epoch];
        return
        [
            .. combination.Evidence
                .Select(evidence => identify(evidence.Identity, sources[evidence.Source], at, sighting))
                .OrderBy(identification => identification.Source, StringComparer.Ordinal)
                .ThenBy(identification => identification.Identity, StringComparer.Ordinal),
        ];
    }

    private Judged Judge(List<Identification> identities)
    {
        if (identities.Count == 0)
        {
            return new Judged(RoundClass.Nameless);
        }

        var attribution = Attributor.Combine(identities);
        return attribution switch
        {
            { Class: IdentityClass.Pop, Pop: { } pop } => Judged(pop, attribution),
            { Class: IdentityClass.Interceptor } => new Judged(RoundClass.Interceptor),
            { Class: IdentityClass.Conflict } => new Judged(RoundClass.Conflict),
            { Class: IdentityClass.Impossible } => new Judged(RoundClass.Impossible),
            _ => new Judged(RoundClass.Unknown),
        };
    }

    private Judged Judged(Pop pop, Attribution attribution)
    {
        var number = NumberOf(pop);
        return new Judged(RoundClass.Pop)
        {
            Pop = number,
            Server = attribution.Server is { } server ? NumberOf(number, server) : -1,
            Confidence = attribution.Confidence ?? Confidence.Single,
        };
    }

    /// <summary>Whether where it was seen from may still make a PoP of it, or unmake one.</summary>
    private static bool IsOpen(Identification identification) =>
        identification.Class == IdentityClass.Unknown || identification.Confidence == Confidence.Guessed;

    private int NumberOf(Pop pop)
    {
        if (!popNumbers.TryGetValue(pop.Code, out var number))
        {
            popNumbers[pop.Code] = number = pops.Count;
            pops.Add(pop);
        }

        return number;
    }

    private int NumberOf(int pop, string server)
    {
        if (!serverNumbers.TryGetValue((pop, server), out var number))
        {
            serverNumbers[(pop, server)] = number = servers.Count;
            servers.Add(server);
        }

        return number;
    }

    private int NumberOf(Identification identification)
    {
        var key = (identification.Identity, identification.Source);
        if (!unknownNumbers.TryGetValue(key, out var number))
        {
            unknownNumbers[key] = number = unknown.Count;
            unknown.Add(new UnknownCount(identification.Identity, identification.Source, 0, 0, -1, []));
        }

        return number;
    }

    private record struct Combination(int Epoch, (string Identity, int Source)[] Evidence)
    {
        public bool IsJudged;
        public Judged Judged;
        public int[] Unknown = [];
    }

    private readonly record struct UnknownCount(string Identity, string Source, int Rounds, int Probes, int LastProbe, HashSet<uint> Networks, long From = 0, long To = 0);
}

/// <summary>The classes of an answered round.</summary>
internal enum RoundClass : byte
{
    Pop,
    Interceptor,
    Unknown,
    Conflict,
    Impossible,
    Nameless,
}

/// <summary>What a combination of identities means, in numbers.</summary>
/// <param name="Class">What it is.</param>
internal readonly record struct Judged(RoundClass Class)
{
    /// <summary>Number of the PoP; −1: none.</summary>
    public int Pop { get; init; } = -1;

    /// <summary>Number of the server; −1: none.</summary>
    public int Server { get; init; } = -1;

    /// <summary>How sure, when there is a PoP.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>Whether a probe's place and time may lead to another result.</summary>
    public bool DependsOnSighting { get; init; }
}
