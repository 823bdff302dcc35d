using System.Net;
using System.Text.Json;
using Collector.Results;

namespace Collector.Atlas;

/// <summary>Atlas' states of a measurement, by their numbers there.</summary>
public enum MeasurementStatus
{
    /// <summary>Known, not yet planned.</summary>
    Specified = 0,

    /// <summary>Planned.</summary>
    Scheduled = 1,

    /// <summary>Running.</summary>
    Ongoing = 2,

    /// <summary>Ended as asked.</summary>
    Stopped = 4,

    /// <summary>Ended by Atlas, mostly for lack of credits.</summary>
    ForcedToStop = 5,

    /// <summary>No probe fits or all are busy; may recover while its time lasts.</summary>
    NoSuitableProbes = 6,

    /// <summary>Its time is over and nothing ran.</summary>
    Failed = 7,

    /// <summary>Refused (archived, in the API of 2016).</summary>
    Denied = 8,

    /// <summary>Called off.</summary>
    Canceled = 9,

    /// <summary>A state this version does not know.</summary>
    Other = 99,
}

/// <summary>A measurement as Atlas describes it. Absent means unknown.</summary>
/// <param name="Id">Atlas' measurement id.</param>
public sealed record AtlasMeasurement(long Id)
{
    /// <summary><c>dns</c>, <c>ping</c>, <c>traceroute</c> …; empty when not said.</summary>
    public string Type { get; init; } = "";

    /// <summary>DNS or ping; null for the types that we do not read.</summary>
    public MeasurementKind? Kind => Type switch
    {
        "dns" => MeasurementKind.Dns,
        "ping" => MeasurementKind.Ping,
        _ => null,
    };

    /// <summary>4 or 6; 0 when not said.</summary>
    public int Family { get; init; }

    /// <summary>Its state.</summary>
    public MeasurementStatus Status { get; init; } = MeasurementStatus.Other;

    /// <summary>Atlas' own name of the state; useful where <see cref="Status"/> is Other.</summary>
    public string? StatusName { get; init; }

    /// <summary>Whether results may still come: specified, scheduled, ongoing, or without suitable probes for now.</summary>
    public bool IsLive => Status is MeasurementStatus.Specified or MeasurementStatus.Scheduled or MeasurementStatus.Ongoing or MeasurementStatus.NoSuitableProbes;

    /// <summary>Name or address that is asked.</summary>
    public string? Target { get; init; }

    /// <summary>The address that is asked.</summary>
    public IPAddress? TargetIp { get; init; }

    /// <summary>What its owner called it, as one line.</summary>
    public string? Description { get; init; }

    /// <summary>Its tags; null when the object does not say, which is not the same as none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Seconds between two rounds; null for one-offs.</summary>
    public int? IntervalSeconds { get; init; }

    /// <summary>Seconds over which the probes of a round are spread.</summary>
    public int? SpreadSeconds { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ends or ended; null: until stopped.</summary>
    public DateTimeOffset? Stop { get; init; }

    /// <summary>Atlas' own price; trust it more than any formula.</summary>
    public double? CreditsPerResult { get; init; }

    /// <summary>Atlas' own estimate, which takes every probe to answer every time.</summary>
    public double? EstimatedResultsPerDay { get; init; }

    /// <summary>Probes that take part.</summary>
    public int? ParticipantCount { get; init; }

    /// <summary>Probes asked for; −1: all.</summary>
    public int? ProbesRequested { get; init; }

    /// <summary>The probes that take part, where they were asked for with the object; null: not asked.</summary>
    public IReadOnlyList<int>? Probes { get; init; }

    /// <summary>DNS: the name asked.</summary>
    public string? QueryArgument { get; init; }

    /// <summary>DNS: <c>CHAOS</c> or <c>IN</c>.</summary>
    public string? QueryClass { get; init; }

    /// <summary>DNS: <c>TXT</c> …</summary>
    public string? QueryType { get; init; }

    /// <summary>DNS: whether the server is asked for its NSID.</summary>
    public bool? SetNsidBit { get; init; }

    /// <summary>Whether it runs once.</summary>
    public bool IsOneOff { get; init; }

    /// <summary>Whether everyone may read it.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Reads a measurement object of the API, v2 or the old v1; null when it has no id.</summary>
    public static AtlasMeasurement? Parse(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || (Json.Long(json, "id") ?? Json.Long(json, "msm_id")) is not { } id)
        {
            return null;
        }

        var (status, statusName) = StatusOf(json);
        return new AtlasMeasurement(id)
        {
            Type = TypeOf(json),
            Family = Json.Integer(json, "af") is 4 or 6 ? Json.Integer(json, "af")!.Value : 0,
            Status = status,
            StatusName = statusName,
            Target = Json.Line(json, "target", 255) ?? Json.Line(json, "dst_name", 255),
            TargetIp = AddressOf(json),
            Description = Json.Line(json, "description", 1000),
            Tags = TagsOf(json),
            IntervalSeconds = Json.Integer(json, "interval"),
            SpreadSeconds = Json.Integer(json, "spread"),
            Start = Json.Time(json, "start_time"),
            Stop = Json.Time(json, "stop_time"),
            CreditsPerResult = Json.Number(json, "credits_per_result"),
            EstimatedResultsPerDay = Json.Number(json, "estimated_results_per_day"),
            ParticipantCount = Json.Integer(json, "participant_count"),
            ProbesRequested = Json.Integer(json, "probes_requested"),
            Probes = ProbesOf(json),
            QueryArgument = Json.Line(json, "query_argument", 255),
            QueryClass = Json.Line(json, "query_class", 20),
            QueryType = Json.Line(json, "query_type", 20),
            SetNsidBit = Json.Flag(json, "set_nsid_bit"),
            IsOneOff = Json.Flag(json, "is_oneoff") ?? false,
            IsPublic = Json.Flag(json, "is_public") ?? true,
        };
    }

    private static string TypeOf(JsonElement json)
    {
        var type = Json.Line(json, "type", 30)
            ?? (json.TryGetProperty("type", out var element) && element.ValueKind == JsonValueKind.Object ? Json.Line(element, "name", 30) : null);
        return type?.ToLowerInvariant() ?? "";
    }

    private static (MeasurementStatus Status, string? Name) StatusOf(JsonElement json)
    {
        if (!json.TryGetProperty("status", out var status))
        {
            return (MeasurementStatus.Other, null);
        }

        var isObject = status.ValueKind == JsonValueKind.Object;
        var name = isObject ? Json.Line(status, "name", 50) : Json.Line(status, 50);
        return ((isObject ? Json.Integer(status, "id") : Json.Number(status) is { } number ? (int)number : null) switch
        {
            { } id when Enum.IsDefined((MeasurementStatus)id) => (MeasurementStatus)id,
            null => Named(name),
            _ => MeasurementStatus.Other,
        }, name);
    }

    private static MeasurementStatus Named(string? name) => name?.ToUpperInvariant() switch
    {
        "SPECIFIED" => MeasurementStatus.Specified,
        "SCHEDULED" => MeasurementStatus.Scheduled,
        "ONGOING" => MeasurementStatus.Ongoing,
        "STOPPED" => MeasurementStatus.Stopped,
        "FORCED TO STOP" => MeasurementStatus.ForcedToStop,
        "NO SUITABLE PROBES" => MeasurementStatus.NoSuitableProbes,
        "FAILED" => MeasurementStatus.Failed,
        "DENIED" or "ARCHIVED" => MeasurementStatus.Denied,
        "CANCELED" or "CANCELLED" => MeasurementStatus.Canceled,
        _ => MeasurementStatus.Other,
    };

    private static IPAddress? AddressOf(JsonElement json) =>
        IPAddress.TryParse(Json.Text(json, "target_ip") ?? Json.Text(json, "dst_addr"), out var address) ? address : null;

    private static List<string>? TagsOf(JsonElement json)
    {
        if (!json.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return [.. tags.EnumerateArray()
            .Select(tag => tag.ValueKind == JsonValueKind.Object ? Json.Line(tag, "slug", 100) ?? Json.Line(tag, "name", 100) : Json.Line(tag, 100))
            .OfType<string>()
            .Take(100)];
    }

    private static List<int>? ProbesOf(JsonElement json)
    {
        // "probes" are all that ever took part, "current_probes" those that do.
        if ((!json.TryGetProperty("current_probes", out var probes) || probes.ValueKind != JsonValueKind.Array)
            && (!json.TryGetProperty("probes", out probes) || probes.ValueKind != JsonValueKind.Array))
        {
            return null;
        }

        return [.. probes.EnumerateArray()
            .Select(probe => probe.ValueKind == JsonValueKind.Object ? Json.Long(probe, "id") : Json.Long(probe))
            .Where(id => id is >= 0 and <= int.MaxValue)
            .Select(id => (int)id!.Value)];
    }
}
