using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>Where and to whom the service answers over HTTP.</summary>
public sealed record WebOptions
{
    /// <summary>The address to listen on: http, an IP address or localhost, a port. Anything but loopback needs <see cref="KeyHash"/>.
    /// Default: <c>http://127.0.0.1:8053</c>.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:8053");

    /// <summary>Where people find the pages: the address of the reverse proxy before them. Links in alerts begin with it, and forms that a
    /// browser sends from there are ours. Null: no links.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>SHA-256 of the bearer key, in hexadecimal. Null: nothing that needs the key is done.</summary>
    [RegularExpression("^[0-9A-Fa-f]{64}$", ErrorMessage = "the SHA-256 of a long random key, as 64 hexadecimal digits")]
    public string? KeyHash { get; init; }

    /// <summary>How long a browser stays logged in. Default: twelve hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan LoginLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Wrong keys that one client may try at the login page within <see cref="LoginPause"/>. Default: 5.</summary>
    [Range(1, 1_000)]
    public int LoginTries { get; init; } = 5;

    /// <summary>How long a client that tried too often has to wait, from its first wrong key on. Default: five minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan LoginPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Host names by which the service may be called on loopback, besides localhost and addresses: those that a reverse proxy
    /// hands on. Default: none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Requests that one client may make in a minute. Default: 600.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>Connections that one client may hold; what waited longest for its request makes room for a newer one. Behind a reverse proxy
    /// all are one client. Default: 128.</summary>
    [Range(8, 1_000)]
    public int ConnectionsPerClient { get; init; } = 128;

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
