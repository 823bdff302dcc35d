namespace Collector.Network;

/// <summary>The operator's network as configured: what we watch and who should answer.</summary>
/// <param name="Targets">The services, in the order of the configuration.</param>
/// <param name="Pops">All PoPs, in the order of the configuration.</param>
public sealed record AnycastNetwork(IReadOnlyList<Target> Targets, IReadOnlyList<Pop> Pops)
{
    /// <summary>Patterns with a <c>pop</c> group, compared with the PoPs' codes, and an optional <c>server</c> group.</summary>
    public IReadOnlyList<string> IdentityTemplates { get; init; } = [];

    /// <summary>The operator's own changes, for before-and-after comparisons.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];
}

/// <summary>A change that the operator made.</summary>
/// <param name="At">When.</param>
/// <param name="Pop">The code of the PoP it was made at; null: everywhere.</param>
/// <param name="Text">What was done.</param>
public sealed record Annotation(DateTimeOffset At, string? Pop, string Text)
{
    /// <summary>What it was meant to do; null: not said, so that the text has to tell.</summary>
    public ChangeIntent? Intent { get; init; }
}

/// <summary>What a change at a PoP is meant to do.</summary>
public enum ChangeIntent
{
    /// <summary>Fewer clients: prepending, communities, selective announcement.</summary>
    Less,

    /// <summary>More clients: announced more widely, prepending removed.</summary>
    More,

    /// <summary>No clients at all: withdrawn, drained.</summary>
    Withdraw,

    /// <summary>Clients again, or for the first time.</summary>
    Restore,

    /// <summary>Shorter round-trip times.</summary>
    Faster,
}
