using Analyzer.Comparisons;
using Analyzer.Time;

namespace Analyzer.Annotations;

/// <summary>Something before a change and after it.</summary>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
public readonly record struct BeforeAfter(int Before, int After)
{
    /// <summary>How many more there are.</summary>
    public int Change => After - Before;
}

/// <summary>What became of round-trip times, probe by probe.</summary>
/// <param name="Before">The median over the probes before, milliseconds.</param>
/// <param name="After">The median over the probes after, milliseconds.</param>
/// <param name="Change">The mean over the probes of the median after less the median before, milliseconds, with its interval; null: too few networks for one.</param>
/// <param name="Probes">How many probes have a time before and after, measured alike.</param>
public sealed record RttChange(double Before, double After, MeanInterval? Change, int Probes)
{
    /// <summary>The median over the probes of the median after less the median before, milliseconds.</summary>
    public double MedianChange { get; init; }

    /// <summary>How much matters: the larger of 2 ms and 5 % of <see cref="Before"/>, milliseconds.</summary>
    public double Matters => Math.Max(2, 0.05 * Before);

    /// <summary>Probes whose own time is shorter by as much as matters.</summary>
    public int Shorter { get; init; }

    /// <summary>Probes whose own time is longer by as much as matters.</summary>
    public int Longer { get; init; }
}

/// <summary>Who came to a PoP, or left it.</summary>
/// <param name="Probes">Probes.</param>
/// <param name="Asns">Networks none of whose probes were there on the other side; most probes first.</param>
/// <param name="Countries">Countries none of whose probes were there on the other side; most probes first.</param>
public sealed record Movement(int Probes, IReadOnlyList<uint> Asns, IReadOnlyList<string> Countries)
{
    /// <summary>Names of those networks, where they are known.</summary>
    public IReadOnlyDictionary<uint, string> AsNames { get; init; } = new Dictionary<uint, string>();

    /// <summary>Nobody.</summary>
    public static Movement None { get; } = new(0, [], []);
}

/// <summary>What a change did to one target over one family.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Verdict">The verdict.</param>
public sealed record ServiceVerdict(string Target, int Family, ChangeVerdict Verdict)
{
    /// <summary>Why, in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>The time before; null: there was too little of it.</summary>
    public Window? Before { get; init; }

    /// <summary>The time after; null: there was too little of it.</summary>
    public Window? After { get; init; }

    /// <summary>Whether the time after is not over, so that the verdict may change.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Probes attributed before and after, but for those that <see cref="Meanwhile"/> concerns.</summary>
    public int Panel { get; init; }

    /// <summary>Probes of the panel that the PoP served; null where the change is of no PoP.</summary>
    public BeforeAfter? Clients { get; init; }

    /// <summary>How much the PoP's share of the panel changed, 0 to 1, with its interval; null: unknown.</summary>
    public MeanInterval? Share { get; init; }

    /// <summary>Who came to the PoP.</summary>
    public Movement Gained { get; init; } = Movement.None;

    /// <summary>Who left the PoP.</summary>
    public Movement Lost { get; init; } = Movement.None;

    /// <summary>Which probes of the panel moved for good, from where to where; most probes first.</summary>
    public IReadOnlyList<Flow> Flows { get; init; } = [];

    /// <summary>The round-trip times of those whom the change concerns; null: none was measured on both sides.</summary>
    public RttChange? Rtt { get; init; }

    /// <summary>Probes among them whose PoP is 1,000 km or more farther than the nearest one; null: no place is known.</summary>
    public BeforeAfter? Detours { get; init; }

    /// <summary>PoPs that came or went at the same time, whose clients were left out.</summary>
    public IReadOnlyList<string> Meanwhile { get; init; } = [];
}
