using System.ComponentModel.DataAnnotations;
using System.Net;
using Collector.Network;

namespace Collector.Configuration;

/// <summary>One element of <c>Targets</c>, as written.</summary>
internal sealed class TargetOptions
{
    public string? Name { get; init; }

    public IPAddress? IPv4 { get; init; }

    public IPAddress? IPv6 { get; init; }

    public List<string>? Identity { get; init; }

    public bool Anonymous { get; init; }

    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan? DnsInterval { get; init; }

    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan? PingInterval { get; init; }

    [Range(1d, 10_000d)]
    public double? GreenBelowMs { get; init; }

    public List<string>? Pops { get; init; }

    public FollowOptions? Follow { get; init; }

    public string? Preset { get; init; }
}

/// <summary>Existing measurements to read, as written.</summary>
internal sealed class FollowOptions
{
    public List<long> Dns4 { get; init; } = [];

    public List<long> Dns6 { get; init; } = [];

    public List<long> Ping4 { get; init; } = [];

    public List<long> Ping6 { get; init; } = [];
}

/// <summary>One element of <c>Pops</c>, as written.</summary>
internal sealed class PopOptions
{
    public string? Code { get; init; }

    public string? City { get; init; }

    public string? Country { get; init; }

    [Range(-90d, 90d)]
    public double? Latitude { get; init; }

    [Range(-180d, 180d)]
    public double? Longitude { get; init; }

    public List<IdentityOptions> Identities { get; init; } = [];

    public List<IPAddress> Unicast { get; init; } = [];

    public List<string> Audience { get; init; } = [];

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }
}

/// <summary>One identity of a PoP: a text, or an object when it has a source or dates.</summary>
internal sealed class IdentityOptions : IShorthand
{
    public string? Pattern { get; set; }

    public string? Source { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateTimeOffset? ValidTo { get; init; }

    public void Expand(string text) => Pattern = text;
}

/// <summary>One element of <c>Annotations</c>, as written.</summary>
internal sealed class AnnotationOptions
{
    public DateTimeOffset? At { get; init; }

    public string? Pop { get; init; }

    public string? Text { get; init; }

    public ChangeIntent? Intent { get; init; }
}
