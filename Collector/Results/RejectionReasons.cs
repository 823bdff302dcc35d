namespace Collector.Results;

/// <summary>Why a result is no observation: the whole set, one word each, for counting.</summary>
public static class RejectionReasons
{
    /// <summary>Not one JSON object (RFC 8259), not UTF-8, or nested more than 64 deep.</summary>
    public const string BadJson = "bad-json";

    /// <summary>Neither a DNS nor a ping result.</summary>
    public const string UnknownKind = "unknown-kind";

    /// <summary><c>msm_id</c> is missing or no positive whole number.</summary>
    public const string NoMeasurement = "no-measurement";

    /// <summary><c>prb_id</c> is missing or no positive whole number of 31 bits.</summary>
    public const string NoProbe = "no-probe";

    /// <summary>The time is missing or no number of Unix seconds between the years 1970 and 9999.</summary>
    public const string NoTime = "no-time";

    /// <summary>Neither an answer nor an error nor packets.</summary>
    public const string NoResult = "no-result";

    /// <summary>The answer has another JSON type than its kind of result: an array for DNS, an object for ping.</summary>
    public const string BadResult = "bad-result";

    /// <summary>A round-trip time that is none: negative, longer than <see cref="ResultDecoder.MaximumRttMs"/>, or no number.</summary>
    public const string BadRtt = "bad-rtt";

    /// <summary>Longer than the reader keeps.</summary>
    public const string TooLong = "too-long";

    /// <summary>The input ended in the middle of it.</summary>
    public const string Truncated = "truncated";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [BadJson, UnknownKind, NoMeasurement, NoProbe, NoTime, NoResult, BadResult, BadRtt, TooLong, Truncated];
}
