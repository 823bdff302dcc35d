using Analyzer.Annotations;
using Analyzer.Time;
using Collector.Probes;
using Reports.Maps;
using Reports.Words;

namespace Reports.Changes;

/// <summary>What became of one of the operator's changes: the same in commands, API, pages and <c>report.json</c>. Times are Unix seconds.</summary>
public sealed record AnnotationReport
{
    /// <summary>When it was made.</summary>
    public required long At { get; init; }

    /// <summary>The code of the PoP it was made at; absent: everywhere.</summary>
    public string? Pop { get; init; }

    /// <summary>What was done, in the operator's words.</summary>
    public required string Text { get; init; }

    /// <summary>What was intended: <c>less</c>, <c>more</c>, <c>withdraw</c>, <c>restore</c> or <c>faster</c>; absent: not known, judged by round-trip times and detours.</summary>
    public string? Intent { get; init; }

    /// <summary>Whether the intent was taken from the text.</summary>
    public required bool Inferred { get; init; }

    /// <summary><c>as-intended</c>, <c>partly</c>, <c>no-effect</c>, <c>worse</c>, <c>too-few</c> or <c>too-early</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether the time after it is not over, so that the verdict may change.</summary>
    public required bool Provisional { get; init; }

    /// <summary>One each target and family that it may have moved.</summary>
    public required IReadOnlyList<ServiceReport> Services { get; init; }

    /// <summary>Puts it in these words.</summary>
    public static AnnotationReport Of(AnnotationVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new()
        {
            At = verdict.Annotation.At.ToUnixTimeSeconds(),
            Pop = verdict.Annotation.Pop,
            Text = verdict.Annotation.Text,
            Intent = ChangeWords.NameOf(verdict.Intent),
            Inferred = verdict.IsInferred,
            Verdict = ChangeWords.NameOf(verdict.Verdict),
            Provisional = verdict.IsProvisional,
            Services = [.. verdict.Services.Select(ServiceReport.Of)],
        };
    }
}

/// <summary>What a change did to one target over one family.</summary>
public sealed record ServiceReport
{
    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>4 or 6.</summary>
    public required int Family { get; init; }

    /// <summary>As that of the whole.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why, in sentences.</summary>
    public required string Text { get; init; }

    /// <summary>The time before; absent: too little of it.</summary>
    public Span? Before { get; init; }

    /// <summary>The time after; absent: too little of it.</summary>
    public Span? After { get; init; }

    /// <summary>Whether the time after is not over.</summary>
    public required bool Provisional { get; init; }

    /// <summary>Probes with a PoP both before and after, but for those that <see cref="Meanwhile"/> concerns.</summary>
    public required int Panel { get; init; }

    /// <summary>Those that the PoP serves.</summary>
    public Counts? Clients { get; init; }

    /// <summary>How much the PoP's share of the panel changed, −1 to 1, with its 95 % interval.</summary>
    public Estimate? Share { get; init; }

    /// <summary>Who came to the PoP.</summary>
    public required Moved Gained { get; init; }

    /// <summary>Who left it.</summary>
    public required Moved Lost { get; init; }

    /// <summary>Probes that moved from one PoP to another for good; most first.</summary>
    public required IReadOnlyList<FlowReport> Flows { get; init; }

    /// <summary>The round-trip times of those whom the change concerns.</summary>
    public RttReport? RttMs { get; init; }

    /// <summary>Those among them that are served 1,000 km or more out of their way.</summary>
    public Counts? Detours { get; init; }

    /// <summary>PoPs that came or went at the same time, whose clients are left out.</summary>
    public required IReadOnlyList<string> Meanwhile { get; init; }

    /// <summary>The map of round-trip times before and after, in the weekly report.</summary>
    public MapFile? Map { get; init; }

    internal static ServiceReport Of(ServiceVerdict verdict) => new()
    {
        Target = verdict.Target,
        Family = verdict.Family,
        Verdict = ChangeWords.NameOf(verdict.Verdict),
        Text = verdict.Text,
        Before = Of(verdict.Before),
        After = Of(verdict.After),
        Provisional = verdict.IsProvisional,
        Panel = verdict.Panel,
        Clients = Of(verdict.Clients),
        Share = Of(verdict.Share, Rounded.Share),
        Gained = Of(verdict.Gained),
        Lost = Of(verdict.Lost),
        Flows = [.. verdict.Flows.Select(flow => new FlowReport { From = flow.From, To = flow.To, Probes = flow.Probes })],
        RttMs = verdict.Rtt is not { } rtt ? null : new RttReport
        {
            Before = Rounded.Milliseconds(rtt.Before),
            After = Rounded.Milliseconds(rtt.After),
            Change = Of(rtt.Change, Rounded.Milliseconds),
            Probes = rtt.Probes,
            Shorter = rtt.Shorter,
            Longer = rtt.Longer,
        },
        Detours = Of(verdict.Detours),
        Meanwhile = verdict.Meanwhile,
    };

    private static Span? Of(Window? window) => window is null ? null : new Span { From = window.FromUnixSeconds, To = window.ToUnixSeconds };

    private static Counts? Of(BeforeAfter? counts) => counts is { } known ? new Counts { Before = known.Before, After = known.After } : null;

    private static Moved Of(Movement movement) => new() { Probes = movement.Probes, Asns = movement.Asns, Countries = movement.Countries, AsNames = movement.AsNames.Count == 0 ? null : movement.AsNames.OrderBy(name => name.Key).ToDictionary() };

    private static Estimate? Of(MeanInterval? interval, Func<double, double> rounded) => interval is null ? null : new Estimate
    {
        Mean = rounded(interval.Mean),
        Low = rounded(interval.Low),
        High = rounded(interval.High),
        Networks = interval.Clusters,
    };
}

/// <summary>A stretch of time.</summary>
public sealed record Span
{
    /// <summary>Its first instant, Unix seconds.</summary>
    public required long From { get; init; }

    /// <summary>The first instant after it, Unix seconds.</summary>
    public required long To { get; init; }
}

/// <summary>How many before and after.</summary>
public sealed record Counts
{
    /// <summary>Before.</summary>
    public required int Before { get; init; }

    /// <summary>After.</summary>
    public required int After { get; init; }
}

/// <summary>A mean and its 95 % interval.</summary>
public sealed record Estimate
{
    /// <summary>The mean over the probes.</summary>
    public required double Mean { get; init; }

    /// <summary>The lower end.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end.</summary>
    public required double High { get; init; }

    /// <summary>In how many networks the probes are.</summary>
    public required int Networks { get; init; }
}

/// <summary>Who came or left.</summary>
public sealed record Moved
{
    /// <summary>Probes.</summary>
    public required int Probes { get; init; }

    /// <summary>Networks none of whose probes were there on the other side; most probes first.</summary>
    public required IReadOnlyList<uint> Asns { get; init; }

    /// <summary>Countries none of whose probes were there on the other side; most probes first.</summary>
    public required IReadOnlyList<string> Countries { get; init; }

    /// <summary>Names of those networks, by AS number; null: none is known.</summary>
    public IReadOnlyDictionary<uint, string>? AsNames { get; init; }

    /// <summary>A network as people read it.</summary>
    internal string Network(uint asn) => AsText.Of(asn, AsNames?.GetValueOrDefault(asn));
}

/// <summary>Probes that moved from one PoP to another.</summary>
public sealed record FlowReport
{
    /// <summary>The PoP before.</summary>
    public required string From { get; init; }

    /// <summary>The PoP after.</summary>
    public required string To { get; init; }

    /// <summary>How many.</summary>
    public required int Probes { get; init; }
}

/// <summary>Round-trip times before and after, milliseconds.</summary>
public sealed record RttReport
{
    /// <summary>The median over the probes before.</summary>
    public required double Before { get; init; }

    /// <summary>The median over the probes after.</summary>
    public required double After { get; init; }

    /// <summary>The mean over the probes of how much longer each one's median became, with its interval; absent: too few networks for one.</summary>
    public Estimate? Change { get; init; }

    /// <summary>Probes with a time before and after.</summary>
    public required int Probes { get; init; }

    /// <summary>Those whose own time became shorter by as much as matters: the larger of 2 ms and 5 %.</summary>
    public required int Shorter { get; init; }

    /// <summary>Those whose own time became longer by as much.</summary>
    public required int Longer { get; init; }
}
