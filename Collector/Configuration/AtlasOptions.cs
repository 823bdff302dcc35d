using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>How to reach RIPE Atlas.</summary>
public sealed record AtlasOptions
{
    /// <summary>The API's address, with final slash. Default: the real service.</summary>
    public Uri BaseUrl { get; init; } = new("https://atlas.ripe.net/api/v2/");

    /// <summary>The API key; a secret, from environment or user secrets. Null: public data only.</summary>
    public string? Key { get; init; }

    /// <summary>The tag that marks measurements as ours, a slug. Default: <c>anycast-measurement</c>.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9-]{0,63}$", ErrorMessage = "a slug of up to 64 lower-case letters, digits and hyphens")]
    public string Tag { get; init; } = "anycast-measurement";

    /// <summary>How to reach the operator, sent with every request so that Atlas' people can ask before they block: an
    /// address or a URL. Null: not sent.</summary>
    [RegularExpression(@"^[ -'*-\[\]-~]{1,200}$", ErrorMessage = "up to 200 printable ASCII characters without parentheses and backslashes")]
    public string? Contact { get; init; }

    /// <summary>What the account may do; a plan beyond it is split or refused.</summary>
    public AtlasLimits Limits { get; init; } = new();

    /// <summary>How long one attempt at anything but results may take. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a download of results may stand still; the whole may take as long as it takes. Default: two minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request is tried again after an error that may pass: 429, 5xx, network, time-out. Default: 5.</summary>
    [Range(0, 20)]
    public int Retries { get; init; } = 5;

    /// <summary>The longest <c>Retry-After</c> that is waited for; beyond it the request fails at once and the job tries at its
    /// next turn. Default: five minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether results also arrive over the streaming API, between two collections. Default: false.</summary>
    public bool Stream { get; init; }

    /// <summary>The streaming API's address. Default: the real service.</summary>
    [UriSchemes("ws", "wss")]
    public Uri StreamUrl { get; init; } = new("wss://atlas-stream.ripe.net/stream/");

    /// <summary>Without the key: a secret must not reach a log by way of a record's own text.</summary>
    public override string ToString() => $"AtlasOptions {{ BaseUrl = {BaseUrl}, Key = {(Key is null ? "none" : "set")}, Tag = {Tag} }}";
}

/// <summary>Atlas' limits of one account. The defaults are those of an ordinary account; some have more.</summary>
/// <remarks>Source: RIPE Atlas, "User-Defined Measurements", quotas, read 2019 and confirmed by error messages of 2025 and 2026.</remarks>
public sealed record AtlasLimits
{
    /// <summary>Probes of one measurement. Default: 1,000.</summary>
    [Range(1, 100_000)]
    public int ProbesPerMeasurement { get; init; } = 1_000;

    /// <summary>Running measurements of one type against one target. Default: 25.</summary>
    [Range(1, 10_000)]
    public int MeasurementsPerTarget { get; init; } = 25;

    /// <summary>Measurements running at the same time. Default: 100.</summary>
    [Range(1, 100_000)]
    public int Running { get; init; } = 100;

    /// <summary>Results a day, all measurements together. Default: 100,000.</summary>
    [Range(1L, 10_000_000_000L)]
    public long ResultsPerDay { get; init; } = 100_000;

    /// <summary>Credits spent a day. Default: 1,000,000.</summary>
    [Range(1L, 100_000_000_000L)]
    public long CreditsPerDay { get; init; } = 1_000_000;

    /// <summary>Results a second of one measurement: its probes by the time over which Atlas spreads them, half the interval and at most
    /// 400 s. Default: 50.</summary>
    [Range(1, 100_000)]
    public int ResultsPerSecond { get; init; } = 50;

    /// <summary>The shortest interval. Atlas' own is not published; one minute is what its clients take it to be. Default: one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ShortestInterval { get; init; } = TimeSpan.FromMinutes(1);
}
