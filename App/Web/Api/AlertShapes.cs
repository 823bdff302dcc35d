namespace App.Web.Api;

/// <summary>An alert. Times are Unix seconds.</summary>
internal sealed record AlertShape
{
    /// <summary>Which it is, whatever its numbers: 16 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>pending, firing or resolved.</summary>
    public required string State { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required long StartsAt { get; init; }

    public long? EndsAt { get; init; }

    public required string Message { get; init; }

    public required string Advice { get; init; }

    public double? Observed { get; init; }

    public double? Expected { get; init; }

    public required int SampleSize { get; init; }

    /// <summary>Some of the probes behind it, at most 100.</summary>
    public required IReadOnlyList<int> Probes { get; init; }

    /// <summary>The silences that hold it back; absent: none does.</summary>
    public IReadOnlyList<string>? SilencedBy { get; init; }
}

/// <summary>A silence. Times are Unix seconds.</summary>
internal sealed record SilenceShape
{
    public required string Id { get; init; }

    /// <summary>pending, active or expired.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<string> Matchers { get; init; }

    public long? Start { get; init; }

    public long? End { get; init; }

    public string? Comment { get; init; }

    public string? Author { get; init; }

    /// <summary>Whether it stands in the configuration, where alone it can be changed.</summary>
    public required bool Configured { get; init; }
}

/// <summary>A silence to be made. Times are Unix seconds.</summary>
internal sealed record NewSilenceShape
{
    /// <summary>All of them must fit an alert: <c>check="black-hole"</c>, <c>asn=~"6450[12]"</c>.</summary>
    public required IReadOnlyList<string> Matchers { get; init; }

    /// <summary>When it begins; absent: now.</summary>
    public long? Start { get; init; }

    /// <summary>When it ends.</summary>
    public required long End { get; init; }

    /// <summary>Why.</summary>
    public string? Comment { get; init; }

    /// <summary>Who says so.</summary>
    public string? Author { get; init; }
}
