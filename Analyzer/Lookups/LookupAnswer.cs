using Analyzer.Catchments;
using Analyzer.Identities;
using Collector.Network;
using Collector.Probes;

namespace Analyzer.Lookups;

/// <summary>What a catchment says of a network, a country, a prefix, a city or a probe.</summary>
/// <param name="Query">What was asked, as it was written.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Families">One a family that has probes for it, IPv4 first.</param>
/// <param name="Text">The same as a paragraph, ready to read.</param>
public sealed record LookupAnswer(string Query, string Target, IReadOnlyList<LookupFamily> Families, string Text);

/// <summary>The answer over one family.</summary>
/// <param name="Family">4 or 6.</param>
public sealed record LookupFamily(int Family)
{
    /// <summary>The PoP that leads among these probes at the end of the time; null: none was attributed.</summary>
    public Pop? Pop { get; init; }

    /// <summary>Its share of them, 0 to 1, weighted as the dominant PoP of a country or network is; null without a PoP.</summary>
    public double? Share { get; init; }

    /// <summary>Since when it has led; null: no change is known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where no change is known, from when on it is known to lead; else null.</summary>
    public DateTimeOffset? KnownFrom { get; init; }

    /// <summary>Median over the attributed probes of each one's median round-trip time, milliseconds; null: none measured.</summary>
    public double? RttMs { get; init; }

    /// <summary>The PoP that is the nearest one to most of the probes; null: unknown.</summary>
    public Pop? Nearest { get; init; }

    /// <summary>Median over the attributed probes of the way to their PoP less that to the nearest, kilometres; null: unknown.</summary>
    public double? ExtraKm { get; init; }

    /// <summary>What that costs at least: its round trip in fibre, milliseconds; null: unknown.</summary>
    public double? ExtraMs { get; init; }

    /// <summary>When one of the probes last moved to another PoP and stayed; null: none has as far as is known.</summary>
    public DateTimeOffset? LastChange { get; init; }

    /// <summary>How sure most of the leading PoP's probes are, the lesser of equals; null without a PoP.</summary>
    public Confidence? Confidence { get; init; }

    /// <summary>The probes that asked, ascending by id.</summary>
    public IReadOnlyList<int> Probes { get; init; } = [];

    /// <summary>The networks and countries that they are in, most probes first; null: unknown.</summary>
    public IReadOnlyList<(uint? Asn, string? AsName, string? Country)> Networks { get; init; } = [];

    /// <summary>How many of them were answered.</summary>
    public int Answered { get; init; }

    /// <summary>Where no PoP answers: which one did last, and when; null: none as far back as is known, or one does.</summary>
    public (string Pop, DateTimeOffset At)? LastAnswer { get; init; }

    /// <summary>How many of them asked by DNS and got no answer to that, whatever became of their pings.</summary>
    public int WithoutDns { get; init; }

    /// <summary>Whose word their places are.</summary>
    public ProbePlaces Places { get; init; }

    /// <summary>Where one probe was asked about, what is known of it; null: it is not, or several were.</summary>
    public Probe? Probe { get; init; }

    /// <summary>How many of them were attributed to a PoP.</summary>
    public int Attributed { get; init; }

    /// <summary>The attributed ones by PoP, most first, equals by code.</summary>
    public IReadOnlyList<(string Pop, int Probes)> Pops { get; init; } = [];
}
