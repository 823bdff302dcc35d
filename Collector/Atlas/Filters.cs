using Collector.Probes;

namespace Collector.Atlas;

/// <summary>Which probes to list; what is null or empty does not filter.</summary>
/// <remarks>Atlas ignores parameters it does not know in silence, so the client checks each probe against the filter again.</remarks>
public sealed record ProbeFilter
{
    /// <summary>Only these.</summary>
    public IReadOnlyCollection<int> Ids { get; init; } = [];

    /// <summary>Only probes in this state.</summary>
    public ProbeStatus? Status { get; init; }

    /// <summary>Only probes of this country, ISO 3166 alpha-2.</summary>
    public string? Country { get; init; }

    /// <summary>Only probes with all of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only probes whose details are public, or only the others.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>Whether a probe passes.</summary>
    public bool Passes(Probe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return (Ids.Count == 0 || Ids.Contains(probe.Id))
            && (Status is null || Status == probe.Status)
            && (Country is null || Country.Equals(probe.Country, StringComparison.OrdinalIgnoreCase))
            && Tags.All(probe.Tags.Contains)
            && (IsPublic is null || IsPublic == probe.IsPublic);
    }
}

/// <summary>Which of our own measurements to list.</summary>
public sealed record MeasurementFilter
{
    /// <summary>Only those with this tag; null: all.</summary>
    public string? Tag { get; init; }

    /// <summary>Only those in one of these states; empty: all.</summary>
    public IReadOnlyList<MeasurementStatus> Statuses { get; init; } = [];

    /// <summary>The states from which results may still come.</summary>
    public static IReadOnlyList<MeasurementStatus> Live { get; } =
        [MeasurementStatus.Specified, MeasurementStatus.Scheduled, MeasurementStatus.Ongoing, MeasurementStatus.NoSuitableProbes];

    /// <summary>Whether a measurement passes. One that does not say its tags passes only when its description begins
    /// with the tag and a space, as the descriptions of this program do.</summary>
    public bool Passes(AtlasMeasurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return (Statuses.Count == 0 || Statuses.Contains(measurement.Status))
            && (Tag is null
                || (measurement.Tags is { } tags ? tags.Contains(Tag) : measurement.Description?.StartsWith(Tag + ' ', StringComparison.Ordinal) == true));
    }
}
