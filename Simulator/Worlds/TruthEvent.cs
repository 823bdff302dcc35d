namespace Simulator.Worlds;

/// <summary>Something that really happened, which a check should find, or something like it, which it should not.</summary>
/// <param name="Check">Name of the check.</param>
/// <param name="Target">Name of the target; null: all.</param>
/// <param name="Family">4 or 6; null: both.</param>
/// <param name="ScopeKind">probe, asn, country, pop or target.</param>
/// <param name="ScopeValue">Probe id, AS number, country code, PoP code or target name.</param>
/// <param name="From">Unix seconds.</param>
/// <param name="To">Unix seconds, not included.</param>
public sealed record TruthEvent(string Check, string? Target, int? Family, string ScopeKind, string ScopeValue, long From, long To)
{
    /// <summary>Ids of the probes behind it.</summary>
    public IReadOnlyList<int> Probes { get; init; } = [];

    /// <summary>What happened, for people.</summary>
    public string Detail { get; init; } = "";

    /// <summary>True where a careful reader could decide either way, for instance close to a threshold: neither finding nor
    /// missing it counts.</summary>
    public bool IsBorderline { get; init; }
}
