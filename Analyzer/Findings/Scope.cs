namespace Analyzer.Findings;

/// <summary>What a finding is about.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Value">Which one: an AS number in digits, a country code, a probe id, a PoP's code, a target's name, <c>*</c> for all targets.</param>
public sealed record Scope(ScopeKind Kind, string Value)
{
    /// <summary>What is about no target more than about any other: its value is <c>*</c>, which no target can be called.</summary>
    public static Scope AllTargets { get; } = new(ScopeKind.Target, "*");

    /// <summary>What people call it: the name of an AS; null: nothing else than its value. It tells no two scopes apart, since it comes and goes
    /// with the database that has it.</summary>
    public string? Name { get; init; }

    /// <summary>Whether both are about the same thing.</summary>
    public bool Equals(Scope? other) => other is not null && Kind == other.Kind && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Value);
}

/// <summary>What sort of thing a finding is about.</summary>
public enum ScopeKind
{
    /// <summary>One probe, by id.</summary>
    Probe,

    /// <summary>A network, by AS number in digits.</summary>
    Asn,

    /// <summary>A country, by its ISO alpha-2 code.</summary>
    Country,

    /// <summary>A PoP, by its code.</summary>
    Pop,

    /// <summary>A target, by its name; <c>*</c>: all of them.</summary>
    Target,
}
