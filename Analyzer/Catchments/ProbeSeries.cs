namespace Analyzer.Catchments;

/// <summary>How a DNS round that left a probe ended.</summary>
public enum RoundKind : byte
{
    /// <summary>Nobody answered.</summary>
    Silent,

    /// <summary>A PoP answered.</summary>
    Pop,

    /// <summary>A middlebox or resolver answered in its place.</summary>
    Interceptor,

    /// <summary>An identity that nobody knows.</summary>
    Unknown,

    /// <summary>CHAOS and NSID name different PoPs.</summary>
    Conflict,

    /// <summary>An answer faster than light.</summary>
    Impossible,

    /// <summary>An answer without any identity.</summary>
    Nameless,
}

/// <summary>One DNS round of a probe.</summary>
/// <param name="Seconds">When, by the probe's clock: Unix seconds.</param>
/// <param name="Kind">How it ended.</param>
/// <param name="Pop">The PoP, a number among <see cref="Catchment.SeriesPops"/>; −1: none.</param>
/// <remarks>Eight bytes: a week of a large network holds twelve million of them.</remarks>
public readonly record struct DnsRound(uint Seconds, RoundKind Kind, short Pop)
{
    /// <summary>When, Unix seconds.</summary>
    public long At => Seconds;
}

/// <summary>One ping of a probe.</summary>
/// <param name="Seconds">When, by the probe's clock: Unix seconds.</param>
/// <param name="RttMs">Its fastest packet in milliseconds; NaN: none came back.</param>
public readonly record struct PingRound(uint Seconds, float RttMs)
{
    /// <summary>When, Unix seconds.</summary>
    public long At => Seconds;

    /// <summary>Whether a packet came back.</summary>
    public bool IsAnswered => !float.IsNaN(RttMs);
}

/// <summary>One manner in which a question of a probe was answered.</summary>
/// <param name="Question">What was asked: <c>id.server</c>.</param>
/// <param name="Rcode">The answers' code; −1: unknown; <see cref="Silence"/>: none came.</param>
/// <param name="HasText">Whether they brought a text, or an NSID.</param>
/// <param name="Text">The first text; null: none. Hostile.</param>
/// <param name="Answers">How many answers, or attempts without one.</param>
/// <param name="FirstAt">The first of them, Unix seconds.</param>
/// <param name="LastAt">The last of them, Unix seconds.</param>
public sealed record AnswerManner(string Question, int Rcode, bool HasText, string? Text, int Answers, long FirstAt, long LastAt)
{
    /// <summary>The code of no answer.</summary>
    public const int Silence = -2;

    /// <summary>Whether nothing came.</summary>
    public bool IsSilence => Rcode == Silence;
}

/// <summary>What a probe saw round by round. Attempts that never left the probe are no rounds.</summary>
/// <param name="Dns">DNS rounds, ascending by time.</param>
/// <param name="Pings">Pings, ascending by time.</param>
public sealed record ProbeSeries(IReadOnlyList<DnsRound> Dns, IReadOnlyList<PingRound> Pings)
{
    /// <summary>The first name by which a middlebox or resolver answered; null: none did. Hostile.</summary>
    public string? Stranger { get; init; }

    /// <summary>In which manners its questions were answered, in the order in which they were met.</summary>
    public IReadOnlyList<AnswerManner> Manners { get; init; } = [];

    /// <summary>Nothing.</summary>
    public static ProbeSeries Empty { get; } = new([], []);
}
