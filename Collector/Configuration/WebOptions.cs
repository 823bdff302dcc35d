using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>Where and to whom the service answers over HTTP.</summary>
public sealed record WebOptions
{
    /// <summary>The address to listen on: http, an IP address or localhost, a port. Anything but loopback needs <see cref="KeyHash"/>.
    /// Default: <c>http://127.0.0.1:8053</c>.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:8053");

    /// <summary>Where people find the pages: the address of the reverse proxy before them. Links in alerts begin with it. Null: no links.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>SHA-256 of the bearer key, in hexadecimal. Null: nothing that needs the key is done.</summary>
    [RegularExpression("^[0-9A-Fa-f]{64}$", ErrorMessage = "the SHA-256 of a long random key, as 64 hexadecimal digits")]
    public string? KeyHash { get; init; }

    /// <summary>Host names by which the service may be called on loopback, besides localhost and addresses: those that a reverse proxy
    /// hands on. Default: none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Requests that one client may make in a minute. Default: 600.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>The longest request body. Bytes. Default: 65,536.</summary>
    [Range(1_024, 1_048_576)]
    public int MaxRequestBytes { get; init; } = 65_536;

    /// <summary>How long an answer may take. Default: one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest window that may be asked for. Default: 92 days.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3660.00:00:00")]
    public TimeSpan LongestWindow { get; init; } = TimeSpan.FromDays(92);
}
