using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Collector.Results;
using Simulator.Worlds;

namespace Simulator.Server;

/// <summary>Probes that a creator asks for.</summary>
internal sealed record ProbeSet(string Type, IReadOnlyList<string> Values, int Requested, IReadOnlyList<string> Include, IReadOnlyList<string> Exclude);

/// <summary>Reads what is posted to create measurements, with Atlas' rules and error shapes.</summary>
internal sealed partial class MeasurementForm
{
    private static readonly string[] SetTypes = ["area", "asn", "countries", "country", "msm", "prefix", "probes", "region"];

    private readonly List<(string Kind, string Where, string Detail)> errors = [];

    /// <summary>The error that the body earned; null when it is fine.</summary>
    public ApiProblem? Problem => errors.Count == 0 ? null : new ApiProblem(400, 102, "There was a problem with your request", errors);

    /// <summary>Reads one definition.</summary>
    /// <param name="json">The definition.</param>
    /// <param name="pointer">Where it stands in the body.</param>
    /// <param name="id">The new measurement's id.</param>
    /// <param name="group">Id of the first of its group; null: alone.</param>
    /// <param name="isOneOff">What the body says for all.</param>
    /// <param name="created">Now.</param>
    /// <param name="start">When it starts.</param>
    /// <param name="stop">When it ends; null: open.</param>
    public SimulatedMeasurement? Definition(JsonNode? json, string pointer, long id, long? group, bool isOneOff, long created, long start, long? stop)
    {
        if (json is not JsonObject definition)
        {
            Add(pointer, "Invalid data. Expected a dictionary.");
            return null;
        }

        var before = errors.Count;
        var type = Text(definition, pointer, "type", required: true);
        if (type is not null and not ("dns" or "ping"))
        {
            Add(pointer + "/type", type is "traceroute" or "sslcert" or "http" or "ntp"
                ? "The simulator has no such measurements; it knows dns and ping." : $"\"{type}\" is not a valid choice.");
        }

        var dns = type == "dns";
        var family = Number(definition, pointer, "af", 4, 6, required: true);
        if (family == 5)
        {
            Add(pointer + "/af", "\"5\" is not a valid choice.");
        }

        var target = Text(definition, pointer, "target", required: !(dns && Flag(definition, pointer, "use_probe_resolver", false)));
        if (Flag(definition, pointer, "use_probe_resolver", false))
        {
            Add(pointer + "/use_probe_resolver", "The simulator's probes have no resolvers.");
        }

        IPAddress? address = null;
        if (target is not null && !IPAddress.TryParse(target, out address))
        {
            Add(pointer + "/target", "The simulator knows addresses only; this name does not resolve.");
        }
        else if (address is not null && (address.AddressFamily == AddressFamily.InterNetworkV6) != (family == 6))
        {
            Add(pointer + "/target", "The target is not an address of this address family.");
        }

        var oneOff = Flag(definition, pointer, "is_oneoff", isOneOff);
        var interval = Number(definition, pointer, "interval", 60, 86400) ?? 240;
        if (oneOff && definition.ContainsKey("interval"))
        {
            Add(pointer + "/interval", "A one-off measurement has no interval.");
        }

        if (Text(definition, pointer, "description", required: true) is { Length: > 255 })
        {
            Add(pointer + "/description", "Ensure this field has no more than 255 characters.");
        }

        var tags = Tags(definition, pointer);
        var queryClass = dns ? Choice(definition, pointer, "query_class", ["IN", "CHAOS"]) : "IN";
        var queryType = dns ? Choice(definition, pointer, "query_type", ["A", "AAAA", "ANY", "CNAME", "DNSKEY", "DS", "MX", "NS", "NSEC", "PTR", "RRSIG", "SOA", "TXT", "SRV", "NAPTR", "TLSA"]) : "A";
        var query = dns ? Text(definition, pointer, "query_argument", required: true) : "";
        var protocol = dns && definition.ContainsKey("protocol") ? Choice(definition, pointer, "protocol", ["UDP", "TCP"]) : "UDP";
        var size = Number(definition, pointer, "size", 1, 2048) ?? 48;
        Number(definition, pointer, "packet_interval", 2, 30_000);
        if (definition.ContainsKey("packet_size"))
        {
            size = Number(definition, pointer, "packet_size", 1, 2048) ?? size;
        }

        var measurement = new SimulatedMeasurement
        {
            Id = id,
            GroupId = group ?? id,
            Kind = dns ? MeasurementKind.Dns : MeasurementKind.Ping,
            Family = family ?? 4,
            Target = target ?? "",
            Address = address,
            IsOneOff = oneOff,
            IntervalSeconds = interval,
            SpreadSeconds = Number(definition, pointer, "spread", 0, Math.Max(1, interval)),
            Created = created,
            Start = start,
            Stop = stop,
            Description = Text(definition, pointer, "description") ?? "",
            IsPublic = Flag(definition, pointer, "is_public", true),
            Query = query ?? "",
            QueryClass = queryClass,
            QueryType = queryType,
            Protocol = protocol,
            Nsid = Flag(definition, pointer, "set_nsid_bit", false),
            IncludeMessage = Flag(definition, pointer, "include_abuf", true),
            PayloadSize = Number(definition, pointer, "udp_payload_size", 512, 4096) ?? 512,
            Retry = Number(definition, pointer, "retry", 0, 10) ?? 0,
            TimeoutMs = Number(definition, pointer, "timeout", 100, 30_000) ?? 5000,
            Packets = Number(definition, pointer, "packets", 1, 16) ?? 3,
            Size = size,
        };
        measurement.Tags.AddRange(tags);
        return errors.Count == before ? measurement : null;
    }

    /// <summary>Reads the probe sets of a body.</summary>
    public List<ProbeSet> ProbeSets(JsonNode? json, string pointer)
    {
        var sets = new List<ProbeSet>();
        if (json is not JsonArray { Count: > 0 } array)
        {
            Add(pointer, json is null ? "This field is required." : "Ensure this field has at least 1 elements.");
            return sets;
        }

        foreach (var (item, index) in array.Select((item, index) => (item, index)))
        {
            if (Set(item, $"{pointer}/{index}") is { } set)
            {
                sets.Add(set);
            }
        }

        return sets;
    }

    /// <summary>Reads one probe set; null when it is wrong.</summary>
    public ProbeSet? Set(JsonNode? json, string at)
    {
        if (json is not JsonObject item)
        {
            Add(at, "Invalid data. Expected a dictionary.");
            return null;
        }

        var before = errors.Count;
        var type = Choice(item, at, "type", SetTypes);
        var requested = Number(item, at, "requested", -1, 100_000, required: true) ?? 0;
        if (requested == 0 && errors.Count == before)
        {
            Add(at + "/requested", "Ensure this value is greater than or equal to 1.");
        }

        string[] values = item["value"] switch
        {
            null => [],
            JsonArray list => [.. list.Select(value => value?.ToString() ?? "")],
            var value => value.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        };
        if (values.Length == 0)
        {
            Add(at + "/value", "This field is required.");
        }
        else if (type is "probes" or "asn" or "msm" && values.FirstOrDefault(value => !uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { } odd)
        {
            Add(at + "/value", $"\"{odd}\" is not a whole number.");
        }
        else if (type is "prefix" && values.FirstOrDefault(value => !IPNetwork.TryParse(value, out _)) is { } prefix)
        {
            Add(at + "/value", $"\"{prefix}\" is not a prefix.");
        }

        IReadOnlyList<string> Names(string key) => (item["tags"] as JsonObject)?[key] is JsonArray list ? [.. list.Select(tag => tag?.ToString() ?? "")] : [];
        return errors.Count == before ? new ProbeSet(type, values, requested, Names("include"), Names("exclude")) : null;
    }

    public void Add(string pointer, string detail) => errors.Add(("pointer", pointer, detail));

    private List<string> Tags(JsonObject definition, string pointer)
    {
        if (definition["tags"] is not { } json)
        {
            return [];
        }

        if (json is not JsonArray array)
        {
            Add(pointer + "/tags", "Expected a list of items.");
            return [];
        }

        var tags = new List<string>();
        foreach (var (tag, index) in array.Select((tag, index) => (tag?.ToString() ?? "", index)))
        {
            if (Slug().IsMatch(tag))
            {
                tags.Add(tag);
            }
            else
            {
                Add($"{pointer}/tags/{index}", "Enter a valid slug consisting of lower-case letters, numbers, underscores or hyphens.");
            }
        }

        return tags;
    }

    private string Choice(JsonObject json, string pointer, string name, string[] choices)
    {
        var text = Text(json, pointer, name, required: true);
        if (text is not null && !choices.Contains(text))
        {
            Add($"{pointer}/{name}", $"\"{text}\" is not a valid choice.");
        }

        return text ?? choices[0];
    }

    private string? Text(JsonObject json, string pointer, string name, bool required = false)
    {
        switch (json[name])
        {
            case null when !required:
                return null;
            case null:
                Add($"{pointer}/{name}", "This field is required.");
                return null;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                var text = value.ToString();
                if (required && string.IsNullOrWhiteSpace(text))
                {
                    Add($"{pointer}/{name}", "This field may not be blank.");
                    return null;
                }

                return text;
            default:
                Add($"{pointer}/{name}", "Not a valid string.");
                return null;
        }
    }

    private int? Number(JsonObject json, string pointer, string name, int from, int to, bool required = false)
    {
        switch (json[name])
        {
            case null when !required:
                return null;
            case null:
                Add($"{pointer}/{name}", "This field is required.");
                return null;
            case JsonValue value when int.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                if (number < from || number > to)
                {
                    Add($"{pointer}/{name}", number < from
                        ? string.Create(CultureInfo.InvariantCulture, $"Ensure this value is greater than or equal to {from}.")
                        : string.Create(CultureInfo.InvariantCulture, $"Ensure this value is less than or equal to {to}."));
                    return null;
                }

                return number;
            default:
                Add($"{pointer}/{name}", "A valid integer is required.");
                return null;
        }
    }

    private bool Flag(JsonObject json, string pointer, string name, bool otherwise)
    {
        switch (json[name])
        {
            case null:
                return otherwise;
            case JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                return value.GetValue<bool>();
            default:
                Add($"{pointer}/{name}", "Must be a valid boolean.");
                return otherwise;
        }
    }

    [GeneratedRegex("^[a-z0-9_-]{1,100}$")]
    private static partial Regex Slug();
}
