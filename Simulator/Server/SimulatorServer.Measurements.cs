using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Collector.Results;
using Microsoft.AspNetCore.Http;
using Simulator.Worlds;

namespace Simulator.Server;

/// <content>Measurements.</content>
public sealed partial class SimulatorServer
{
    private const long FirstId = 100_000_001;

    private readonly SortedDictionary<long, SimulatedMeasurement> measurements = [];
    private readonly Dictionary<long, ResultGenerator> generators = [];
    private readonly List<(long Id, long Measurement, string Action, ProbeSet Set, long At)> participation = [];
    private long nextId = FirstId;

    private static JsonObject Chosen(JsonObject item, HttpRequest request) => QueryText.Chosen(item, request);

    private void AddBuiltIns()
    {
        foreach (var (id, control, family) in new[] { (1001, 0, 4), (1008, 1, 4), (2001, 0, 6), (2008, 1, 6) })
        {
            var address = SimulatedMeasurement.ControlAddresses[control][family == 6 ? 1 : 0];
            var name = control == 0 ? "k" : "l";
            var measurement = new SimulatedMeasurement
            {
                Id = id,
                Kind = MeasurementKind.Ping,
                Family = family,
                Target = address.ToString(),
                Address = address,
                IntervalSeconds = 240,
                SpreadSeconds = 240,
                Created = 1262304000,
                Start = 1262304000,
                IsMine = false,
                Description = $"Ping measurement to {name}.root-servers.net over IPv{family}",
                ProbesRequested = -1,
                Size = family == 6 ? 20 : 32,
            };
            measurement.Participants.AddRange(world.Probes.Where(probe => probe.Has(family)).Select(probe => (probe.Index, world.Start, long.MaxValue)));
            measurements.Add(id, measurement);
        }
    }

    private SimulatedMeasurement Find(string id, HttpRequest request)
    {
        if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            lock (measurements)
            {
                if (measurements.TryGetValue(number, out var found) && (found.IsPublic || IsOurs(request)))
                {
                    return found;
                }
            }
        }

        throw ApiProblem.NotFound();
    }

    private static SimulatedMeasurement Mine(SimulatedMeasurement measurement) =>
        measurement.IsMine ? measurement : throw new ApiProblem(403, 104, "You do not have permission to perform this action.");

    /// <summary>Takes a body of definitions and probe sets.</summary>
    private JsonObject Create(JsonNode body)
    {
        var form = new MeasurementForm();
        if (body is not JsonObject json)
        {
            throw ApiProblem.Pointer("", "Invalid data. Expected a dictionary.");
        }

        var now = Now;
        var start = TimeOf(form, json, "start_time");
        var stop = TimeOf(form, json, "stop_time");
        if (stop <= (start ?? world.Start))
        {
            form.Add("/stop_time", "The stop time has to be after the start time.");
        }

        var oneOff = json["is_oneoff"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True;
        if (json["definitions"] is not JsonArray { Count: > 0 } definitions)
        {
            throw ApiProblem.Pointer("/definitions", "This field is required.");
        }

        lock (measurements)
        {
            var made = definitions.Select((definition, index) => form.Definition(
                definition, $"/definitions/{index}", nextId + index, index == 0 ? null : nextId, oneOff, now, start ?? (oneOff ? now : world.Start), stop)).ToList();
            var sets = form.ProbeSets(json["probes"], "/probes");
            if (form.Problem is { } problem)
            {
                throw problem;
            }

            foreach (var measurement in made.OfType<SimulatedMeasurement>())
            {
                // Definitions of one body share the draw.
                var taken = new HashSet<int>();
                foreach (var (set, index) in sets.Select((set, index) => (set, index)))
                {
                    foreach (var probe in Select(set, measurement.Family, (ulong)nextId + ((ulong)index << 32)))
                    {
                        if (taken.Add(probe))
                        {
                            measurement.Participants.Add((probe, long.MinValue, long.MaxValue));
                        }
                    }
                }

                measurement.ProbesRequested = sets.Exists(set => set.Requested < 0) ? -1 : sets.Sum(set => set.Requested);
                measurement.Participants.Sort();
            }

            RequireQuota([.. made.OfType<SimulatedMeasurement>()], now);
            nextId += made.Count;
            foreach (var measurement in made.OfType<SimulatedMeasurement>())
            {
                measurements.Add(measurement.Id, measurement);
            }

            return new JsonObject { ["measurements"] = new JsonArray([.. made.Select(measurement => JsonValue.Create(measurement!.Id))]) };
        }
    }

    private static long? TimeOf(MeasurementForm form, JsonObject json, string name)
    {
        if (json[name] is not { } value)
        {
            return null;
        }

        var time = QueryText.ParseTime(value.ToString());
        if (time is null)
        {
            form.Add("/" + name, "Enter a valid date/time.");
        }

        return time;
    }

    private void RequireQuota(List<SimulatedMeasurement> made, long now)
    {
        if (made.Find(measurement => measurement.ProbesRequested > options.MaximumProbes) is { } large)
        {
            throw ApiProblem.Pointer("/probes", $"You are not allowed to use more than {options.MaximumProbes} probes for a measurement ({large.ProbesRequested} requested).");
        }

        var running = measurements.Values.Where(measurement => measurement.IsMine && measurement.IsRunning(now)).ToList();
        if (running.Count + made.Count > options.MaximumMeasurements)
        {
            throw ApiProblem.Pointer("", $"You are not allowed to run more than {options.MaximumMeasurements} concurrent measurements.");
        }

        foreach (var kind in made.GroupBy(measurement => (measurement.Kind, measurement.Target)))
        {
            if (running.Count(measurement => (measurement.Kind, measurement.Target) == kind.Key) + kind.Count() > 25)
            {
                throw ApiProblem.Pointer("", $"We do not allow more than 25 concurrent measurements of the same type to the same target: {kind.Key.Target}.");
            }
        }

        var current = running.Sum(measurement => measurement.ResultsPerDay(now));
        var added = made.Sum(measurement => measurement.ResultsPerDay(Math.Max(now, measurement.Start)));
        if (current + added > options.MaximumResultsPerDay)
        {
            throw ApiProblem.Pointer("", string.Create(CultureInfo.InvariantCulture,
                $"Executing this measurement request will increase your current ({current}) number of results by {added:0.0} totalling {current + added:0.0} which is higher than your maximum daily results limit {options.MaximumResultsPerDay}. Please stop some of your currently running measurements and try again."));
        }
    }

    private JsonObject ListMeasurements(HttpRequest request, bool mine)
    {
        var size = QueryText.PageSize(request);
        var after = After(request);
        var descending = QueryText.Text(request, "sort") == "-id";
        lock (measurements)
        {
            var visible = measurements.Values.Where(measurement => (mine ? measurement.IsMine : measurement.IsPublic || (measurement.IsMine && IsOurs(request))) && Matches(measurement, request));
            var all = (descending ? visible.Reverse() : visible).ToList();
            var rest = all.Where(measurement => after is null || (descending ? measurement.Id < after : measurement.Id > after)).ToList();
            var page = rest.Take(size).ToList();
            return new JsonObject
            {
                ["count"] = all.Count,
                // The cursor that Atlas uses: base64 of a JSON array with the last sort key.
                ["next"] = page.Count < rest.Count && page.Count > 0
                    ? QueryText.Address(BaseUrl, request, "after", Convert.ToBase64String(Encoding.ASCII.GetBytes($"[{page[^1].Id}]"))) : null,
                ["previous"] = null,
                ["results"] = new JsonArray([.. page.Select(measurement => QueryText.Chosen(Describe(measurement, detail: false, request), request))]),
            };
        }
    }

    private static long? After(HttpRequest request)
    {
        if (QueryText.Text(request, "after") is not { } cursor)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<long[]>(Convert.FromBase64String(cursor)) is [var id] ? id : throw ApiProblem.Parameter("after", "Invalid cursor");
        }
        catch (Exception problem) when (problem is FormatException or JsonException)
        {
            throw ApiProblem.Parameter("after", "Invalid cursor");
        }
    }

    private bool Matches(SimulatedMeasurement measurement, HttpRequest request)
    {
        var (status, statusName) = StatusOf(measurement);
        bool IsStatus(string text) => text.Equals(statusName, StringComparison.OrdinalIgnoreCase) || text == status.ToString(CultureInfo.InvariantCulture);
        return QueryText.Passes(request, "id", measurement.Id)
            && (QueryText.List(request, "status") is not { } one || one.Any(IsStatus))
            && (QueryText.List(request, "status__in") is not { } several || several.Any(IsStatus))
            && QueryText.Passes(request, "type", measurement.Kind == MeasurementKind.Dns ? "dns" : "ping")
            && QueryText.Passes(request, "af", measurement.Family)
            && QueryText.Passes(request, "target", measurement.Target)
            && QueryText.Passes(request, "target_ip", measurement.Address?.ToString())
            && QueryText.Passes(request, "description", measurement.Description)
            && QueryText.Passes(request, "start_time", measurement.Start)
            && QueryText.Passes(request, "stop_time", measurement.Stop)
            && QueryText.Passes(request, "interval", measurement.IsOneOff ? null : measurement.IntervalSeconds)
            && (QueryText.Flag(request, "is_oneoff") is not { } oneOff || oneOff == measurement.IsOneOff)
            && (QueryText.Flag(request, "is_public") is not { } isPublic || isPublic == measurement.IsPublic)
            && (QueryText.List(request, "tags") is not { } tags || tags.All(measurement.Tags.Contains));
    }

    private (int Id, string Name) StatusOf(SimulatedMeasurement measurement)
    {
        var now = Now;
        return measurement.Participants.Count == 0 && !measurement.IsStopped ? (6, "No suitable probes")
            : measurement.IsForced ? (5, "Forced to stop")
            : measurement.IsStopped || measurement.Stop <= now || (measurement.IsOneOff && now > measurement.Start + 900) ? (4, "Stopped")
            : measurement.Start > now ? (1, "Scheduled")
            : (2, "Ongoing");
    }

    private JsonObject Describe(SimulatedMeasurement measurement, bool detail, HttpRequest request)
    {
        var now = Now;
        var (status, name) = StatusOf(measurement);
        var participating = measurement.Participating(Math.Max(now, measurement.Start));
        var json = new JsonObject
        {
            ["id"] = measurement.Id,
            ["type"] = measurement.Kind == MeasurementKind.Dns ? "dns" : "ping",
            ["status"] = new JsonObject { ["id"] = status, ["name"] = name, ["when"] = measurement.IsStopped ? measurement.Stop : null },
            ["af"] = measurement.Family,
            ["target"] = measurement.Target,
            ["target_ip"] = measurement.Address?.ToString(),
            ["target_asn"] = null,
            ["target_prefix"] = null,
            ["resolved_ips"] = new JsonArray(measurement.Address?.ToString()),
            ["description"] = measurement.Description,
            ["creation_time"] = measurement.Created,
            ["start_time"] = measurement.Start,
            ["stop_time"] = measurement.Stop,
            ["interval"] = measurement.IsOneOff ? null : measurement.IntervalSeconds,
            ["spread"] = measurement.SpreadSeconds,
            ["is_oneoff"] = measurement.IsOneOff,
            ["is_public"] = measurement.IsPublic,
            ["is_all_scheduled"] = measurement.ProbesRequested < 0 || measurement.Participants.Count >= measurement.ProbesRequested,
            ["resolve_on_probe"] = false,
            ["participant_count"] = participating,
            ["probes_requested"] = measurement.ProbesRequested,
            ["probes_scheduled"] = participating,
            ["credits_per_result"] = measurement.CreditsPerResult,
            ["estimated_results_per_day"] = measurement.ResultsPerDay(Math.Max(now, measurement.Start)),
            ["group"] = measurement.GroupId is { } group ? new Uri(BaseUrl, $"measurements/groups/{group}").ToString() : null,
            ["group_id"] = measurement.GroupId,
            ["in_wifi_group"] = false,
            ["result"] = new Uri(BaseUrl, $"measurements/{measurement.Id}/results/").ToString(),
            ["tags"] = new JsonArray([.. measurement.Tags.Select(tag => JsonValue.Create(tag))]),
        };
        if (measurement.Kind == MeasurementKind.Dns)
        {
            json["query_class"] = measurement.QueryClass;
            json["query_type"] = measurement.QueryType;
            json["query_argument"] = measurement.Query;
            json["protocol"] = measurement.Protocol;
            json["set_nsid_bit"] = measurement.Nsid;
            json["set_rd_bit"] = false;
            json["set_do_bit"] = false;
            json["set_cd_bit"] = false;
            json["udp_payload_size"] = measurement.PayloadSize;
            json["retry"] = measurement.Retry;
            json["timeout"] = measurement.TimeoutMs;
            json["include_abuf"] = measurement.IncludeMessage;
            json["include_qbuf"] = false;
            json["use_probe_resolver"] = false;
            json["prepend_probe_id"] = false;
            json["use_macros"] = false;
        }
        else
        {
            json["packets"] = measurement.Packets;
            json["size"] = measurement.Size;
            json["packet_interval"] = 1000;
            json["include_probe_id"] = false;
        }

        var wanted = QueryText.List(request, "optional_fields") ?? [];
        if (detail || wanted.Length > 0)
        {
            JsonArray Ids(IEnumerable<(int Probe, long From, long To)> list) => new([.. list.Select(item => JsonValue.Create(world.Probes[item.Probe].Id))]);
            if (wanted.Contains("probes"))
            {
                json["probes"] = new JsonArray([.. measurement.Participants.Select(item => world.Probes[item.Probe].Id).Distinct()
                    .Select(id => new JsonObject { ["id"] = id, ["url"] = new Uri(BaseUrl, $"probes/{id}/").ToString() })]);
            }

            if (wanted.Contains("current_probes"))
            {
                json["current_probes"] = Ids(measurement.Participants.Where(item => item.From <= now && now < item.To));
            }

            if (wanted.Contains("is_active"))
            {
                json["is_active"] = measurement.IsRunning(now);
            }
        }

        return json;
    }

    private JsonObject Edit(SimulatedMeasurement measurement, JsonNode body, HttpRequest request)
    {
        Mine(measurement);
        if (body is not JsonObject json)
        {
            throw ApiProblem.Pointer("", "Invalid data. Expected a dictionary.");
        }

        foreach (var (name, value) in json)
        {
            switch (name)
            {
                case "description" when value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.ToString() is { Length: > 0 and <= 255 }:
                    measurement.Description = text.ToString();
                    break;
                case "is_public" when value is JsonValue flag && flag.GetValueKind() == JsonValueKind.True:
                    measurement.IsPublic = true;
                    break;
                case "tags" when value is JsonArray tags:
                    lock (measurements)
                    {
                        measurement.Tags.Clear();
                        measurement.Tags.AddRange(tags.Select(tag => tag?.ToString() ?? ""));
                    }

                    break;
                default:
                    throw ApiProblem.Pointer("/" + name, "This field cannot be changed, or not to this value.");
            }
        }

        return Describe(measurement, detail: true, request);
    }

    private void Stop(SimulatedMeasurement measurement)
    {
        if (!measurement.IsStopped)
        {
            measurement.IsStopped = true;
            measurement.Stop = Now;
        }
    }

    /// <summary>Stops a measurement as Atlas does it to accounts without credits.</summary>
    /// <param name="id">Its id.</param>
    public void ForceToStop(long id)
    {
        lock (measurements)
        {
            Stop(measurements[id]);
            measurements[id].IsForced = true;
        }
    }

    private void StopTagged(string tag)
    {
        lock (measurements)
        {
            foreach (var measurement in measurements.Values.Where(measurement => measurement.IsMine && measurement.Tags.Contains(tag)))
            {
                Stop(measurement);
            }
        }
    }

    private static JsonObject Describe((long Id, long Measurement, string Action, ProbeSet Set, long At) item) => new()
    {
        ["id"] = item.Id,
        ["measurement_id"] = item.Measurement,
        ["action"] = item.Action,
        ["type"] = item.Set.Type,
        ["value"] = string.Join(',', item.Set.Values),
        ["requested"] = item.Set.Requested,
        ["created_at"] = item.At,
    };

    private JsonObject ListParticipation(SimulatedMeasurement measurement)
    {
        lock (measurements)
        {
            var list = participation.Where(item => item.Measurement == measurement.Id).ToList();
            return new JsonObject
            {
                ["count"] = list.Count,
                ["next"] = null,
                ["previous"] = null,
                ["results"] = new JsonArray([.. list.Select(Describe)]),
            };
        }
    }

    /// <summary>Adds and removes participants from now on. Atlas does it a little later; nothing here waits.</summary>
    private JsonObject ChangeParticipation(SimulatedMeasurement measurement, JsonNode body)
    {
        var form = new MeasurementForm();
        var changes = new List<(string Action, ProbeSet Set)>();
        foreach (var (item, index) in (body is JsonArray array ? array : [body.DeepClone()]).Select((item, index) => (item, index)))
        {
            var action = item?["action"]?.ToString() ?? "";
            if (action is not ("add" or "remove"))
            {
                form.Add($"/{index}/action", "This field is required: add or remove.");
            }
            else if (form.Set(item, $"/{index}") is { } set)
            {
                if (action == "remove" && set.Type != "probes")
                {
                    form.Add($"/{index}/type", "Only probes can be removed.");
                }

                changes.Add((action, set));
            }
        }

        if (form.Problem is { } problem)
        {
            throw problem;
        }

        var now = Now;
        var ids = new JsonArray();
        lock (measurements)
        {
            foreach (var (action, set) in changes)
            {
                var probes = Select(set, measurement.Family, (ulong)(measurement.Id + participation.Count)).ToHashSet();
                var list = measurement.Participants;
                var present = list.Where(item => item.To > now).Select(item => item.Probe).ToHashSet();
                if (action == "add")
                {
                    list.AddRange(probes.Except(present).Select(probe => (probe, now, long.MaxValue)));
                    list.Sort();
                }
                else
                {
                    for (var index = 0; index < list.Count; index++)
                    {
                        if (probes.Contains(list[index].Probe) && list[index].To > now)
                        {
                            list[index] = list[index] with { To = now };
                        }
                    }
                }

                participation.Add((participation.Count + 1, measurement.Id, action, set, now));
                ids.Add(participation.Count);
            }
        }

        return new JsonObject { ["request_ids"] = ids };
    }

    private static JsonObject StatusCheck(SimulatedMeasurement measurement)
    {
        if (measurement.Kind != MeasurementKind.Ping)
        {
            throw new ApiProblem(400, 102, "Status checks are for ping measurements only.");
        }

        return new JsonObject
        {
            ["global_alert"] = false,
            ["total_alerts"] = 0,
            ["probes"] = new JsonObject(),
        };
    }
}
