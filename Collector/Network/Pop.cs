using Collector.Geography;

namespace Collector.Network;

/// <summary>A site that announces the operator's anycast prefixes.</summary>
/// <param name="Code">Its short name, unique, as it appears everywhere: <c>FMT</c>.</param>
/// <param name="Position">Where it stands.</param>
public sealed record Pop(string Code, GeoPoint Position)
{
    /// <summary>City, for people; may be absent.</summary>
    public string? City { get; init; }

    /// <summary>ISO 3166 alpha-2 code, upper case; may be absent.</summary>
    public string? Country { get; init; }

    /// <summary>What its servers answer to id.server, hostname.bind or NSID.</summary>
    public IReadOnlyList<IdentityPattern> Identities { get; init; } = [];

    /// <summary>Unicast addresses that lead to this site only.</summary>
    public IReadOnlyList<string> Unicast { get; init; } = [];

    /// <summary>Countries (<c>NL</c>) and ASes (<c>AS64500</c>) it is meant for; empty: everyone.</summary>
    public IReadOnlyList<string> Audience { get; init; } = [];

    /// <summary>When it came into service; null: always.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it left service; null: it has not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether it was meant to be in service at some instant of [from, to).</summary>
    public bool IsActive(DateTimeOffset from, DateTimeOffset to) => (Since is null || Since < to) && (Until is null || Until > from);
}

/// <summary>One way to recognise a PoP's servers.</summary>
/// <param name="Pattern">An exact name, or an unanchored case-insensitive regular expression, which may name a <c>server</c> group.</param>
/// <param name="Source">Only for answers to this question (<c>id.server</c>, <c>hostname.bind</c>, <c>nsid</c>); null: any.</param>
/// <param name="ValidFrom">First instant it holds; null: always did.</param>
/// <param name="ValidTo">First instant it no longer holds; null: still does.</param>
public sealed record IdentityPattern(string Pattern, string? Source = null, DateTimeOffset? ValidFrom = null, DateTimeOffset? ValidTo = null);
