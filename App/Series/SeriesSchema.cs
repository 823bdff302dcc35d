namespace App.Series;

/// <summary>One of the measurements we write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it is kept.</param>
/// <param name="Tags">Its tags, in the order in which they are written.</param>
/// <param name="Fields">Its fields.</param>
public sealed record SeriesMeasurement(string Name, SeriesPlace Place, IReadOnlyList<string> Tags, IReadOnlyList<string> Fields);

/// <summary>Everything that is in the time series database, for whoever asks it.</summary>
/// <remarks>No tag's set of values grows with the probes: a probe is a field, and the database stays fast.</remarks>
public static class SeriesSchema
{
    /// <summary>The measurements, by name.</summary>
    public static IReadOnlyList<SeriesMeasurement> Measurements { get; } =
    [
        new("annotation", SeriesPlace.Rollups, ["pop"], ["text", "tags"]),
        new("catchment", SeriesPlace.Rollups, ["target", "family", "pop"],
        [
            "asked", "answered", "probes", "green", "red", "share", "weighted_share",
            "rtt_min", "rtt_p10", "rtt_p50", "rtt_p90", "rtt_p95", "rtt_p99",
        ]),
        new("catchment_asn", SeriesPlace.Rollups, ["target", "family", "pop", "asn"], ["probes", "green", "red", "share", "rtt_p50", "rtt_p95"]),
        new("catchment_country", SeriesPlace.Rollups, ["target", "family", "pop", "country"], ["probes", "green", "red", "share", "rtt_p50", "rtt_p95"]),
        new("coverage", SeriesPlace.Rollups, ["target", "family"], ["asked", "answered", "attributed"]),
        new("dominant", SeriesPlace.Rollups, ["target", "family", "scope", "value"], ["pop", "share", "probes", "since"]),
        new("finding", SeriesPlace.Rollups, ["target", "family", "check", "severity"], ["state", "text", "tags", "subject", "open"]),
        new("flip", SeriesPlace.Rollups, ["target", "family", "from", "to"], ["probes"]),
        new("job", SeriesPlace.Rollups, ["job"], ["ok", "seconds", "runs", "failures", "error"]),
        new("probe_map", SeriesPlace.Raw, ["target", "family", "pop"], ["probe", "rtt_ms", "lat", "lon"]),
        new("probe_rtt", SeriesPlace.Raw, ["target", "family", "pop", "source"], ["probe", "rtt_ms"]),
    ];
}
