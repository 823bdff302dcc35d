using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Collector.Results;

namespace Tests.Results;

/// <summary>The rules of decoding once more, as plainly as they can be written: a DOM, LINQ, no speed. What the decoder is compared with.</summary>
internal static class ReferenceDecoder
{
    private static readonly string[] Silence = ["timeout", "TU_READ_ERR", "TUCONNECT", "TCPREAD", "TCPREADSIZE", "idmismatch"];

    /// <summary>Each observation, and in between the reasons of what is none.</summary>
    public static List<object> Decode(byte[] line)
    {
        var made = new List<object>();
        var rest = line.AsSpan();
        while (!rest.IsEmpty || made.Count == 0)
        {
            JsonDocument document;
            int end;
            try
            {
                var reader = new Utf8JsonReader(rest, new JsonReaderOptions { AllowMultipleValues = true });
                document = JsonDocument.ParseValue(ref reader);
                end = (int)reader.BytesConsumed;
            }
            catch (JsonException)
            {
                made.Add(RejectionReasons.BadJson);
                return made;
            }

            var following = rest[end..].TrimStart(" \t\r\n"u8);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !(following.IsEmpty || following[0] == (byte)'{') || !Utf8.IsValid(rest[..end]))
            {
                made.Add(RejectionReasons.BadJson);
                return made;
            }

            Decode(document.RootElement, made);
            rest = following;
        }

        return made;
    }

    private static void Decode(JsonElement result, List<object> made)
    {
        if (Has(result, "resultset", out var set) && set.ValueKind == JsonValueKind.Array)
        {
            if (set.GetArrayLength() == 0)
            {
                made.Add(RejectionReasons.NoResult);
            }

            var sub = 0;
            foreach (var element in set.EnumerateArray())
            {
                sub++;
                if (element.ValueKind != JsonValueKind.Object)
                {
                    made.Add(RejectionReasons.BadResult);
                    continue;
                }

                sub = Math.Max(sub, Sub(element));
                made.Add(Observe(result, element, sub));
            }

            return;
        }

        made.Add(Observe(result, null, Sub(result)));
    }

    private static int Sub(JsonElement members) => Whole(members, "subid") is > 0 and <= 1_000_000 and var sub ? (int)sub : 0;

    private static object Observe(JsonElement result, JsonElement? element, int sub)
    {
        // A member of the element hides that of the result.
        JsonElement? Member(string name) =>
            element is { } inner && Has(inner, name, out var own) ? own : Has(result, name, out var outer) ? outer : null;
        JsonElement? Own(string name) => Has(element ?? result, name, out var own) && own.ValueKind != JsonValueKind.Null ? own : null;

        var answer = Own("result");
        var packets = answer is { ValueKind: JsonValueKind.Array } ? Packets.Of(answer.Value) : null;
        var isAnswered = answer is { ValueKind: JsonValueKind.Object } && (Has(answer.Value, "rt", out _)
            || (Has(answer.Value, "abuf", out _) && answer.Value.EnumerateObject().Any(member => Is(member, "abuf") && member.Value.ValueKind == JsonValueKind.String))
            || Has(answer.Value, "answers", out _) || Has(answer.Value, "size", out _));
        var error = Error(Own("error"));
        var aggregates = new[] { "min", "avg", "max", "sent", "rcvd", "dup" }.Select(name => Number(Member(name))).ToArray();
        var hasAggregates = aggregates[..4].Any(value => !double.IsNaN(value));

        var type = Text(Member("type"));
        var name = Text(Member("msm_name"));
        var kind = type is "dns" or "ping" ? type
            : type is not null ? null
            : name is "Tdig" ? "dns"
            : name is "Ping" or "PingMeasurement" ? "ping"
            : isAnswered || element is not null ? "dns"
            : packets is { HasStrangers: true } ? null
            : packets is not null || hasAggregates ? "ping"
            : error.Reason is not null ? "dns" : null;
        if (kind is null)
        {
            return RejectionReasons.UnknownKind;
        }

        var measurement = Whole(Member("msm_id"));
        if (measurement is not > 0)
        {
            return RejectionReasons.NoMeasurement;
        }

        var probe = Whole(Member("prb_id"));
        if (probe is not (> 0 and <= int.MaxValue))
        {
            return RejectionReasons.NoProbe;
        }

        var stamp = Number(Has(result, "timestamp", out var outerStamp) ? outerStamp : null);
        var time = Number(Has(result, "time", out var outerTime) ? outerTime : null);
        var seconds = double.IsNaN(stamp) ? time : stamp;
        if (element is { } inside)
        {
            var ownStamp = Has(inside, "timestamp", out var innerStamp) ? Number(innerStamp) : seconds;
            var ownTime = Has(inside, "time", out var innerTime) ? Number(innerTime) : double.NaN;
            seconds = double.IsNaN(ownTime) ? ownStamp : ownTime;
        }

        if (seconds is not (>= 0 and < 253_402_300_800))
        {
            return RejectionReasons.NoTime;
        }

        var target = Cleaned(Member("dst_addr")) ?? Cleaned(Member("addr")) ?? Cleaned(Member("dst_name")) ?? Cleaned(Member("name"));
        var family = Whole(Member("af")) is 4 or 6 ? Whole(Member("af")) : Whole(Member("pf"));
        var stored = Number(Member("stored_timestamp"));
        var observation = new Observation
        {
            Kind = kind == "dns" ? MeasurementKind.Dns : MeasurementKind.Ping,
            Measurement = measurement.Value,
            Probe = (int)probe.Value,
            Sub = sub,
            At = (long)seconds,
            StoredAt = stored is >= 0 and < 253_402_300_800 ? (long)stored : 0,
            Family = family is 4 or 6 ? (byte)family.Value
                : target is null ? (byte)0
                : target.Contains(':') ? (byte)6
                : target.Count(character => character == '.') == 3 && IPAddress.TryParse(target, out _) ? (byte)4 : (byte)0,
            Target = target,
            From = Cleaned(Member("from")),
            Protocol = Cleaned(Member("proto"))?.ToLowerInvariant(),
            Rcode = -1,
            RttMs = double.NaN,
            RttMinMs = double.NaN,
            RttAvgMs = double.NaN,
            RttMaxMs = double.NaN,
            Sent = -1,
            Received = -1,
            Duplicates = -1,
            Firmware = Whole(Member("fw")) is <= int.MaxValue and var firmware ? (int)firmware : -1,
        };
        if (kind == "dns")
        {
            if (answer is { ValueKind: not JsonValueKind.Object })
            {
                return RejectionReasons.BadResult;
            }

            if (!isAnswered && error.Reason is null)
            {
                return RejectionReasons.NoResult;
            }

            if (Text(Member("qbuf")) is { } asked)
            {
                observation.Query = new Message(asked).Query;
            }

            if (!isAnswered)
            {
                observation.Outcome = error.IsSilence ? Outcome.Unanswered : Outcome.Failed;
                observation.Reason = error.Reason;
                return observation;
            }

            var rtt = Number(Has(answer!.Value, "rt", out var milliseconds) ? milliseconds : null);
            if (rtt is < 0 or > 600_000)
            {
                return RejectionReasons.BadRtt;
            }

            observation.RttMs = rtt;
            observation.Outcome = Outcome.Answered;

            // The last one that is a text: anything else does not take it away.
            var buffer = answer.Value.EnumerateObject().Where(member => Is(member, "abuf")).Select(member => Text(member.Value)).LastOrDefault(text => text is not null);
            if (!string.IsNullOrEmpty(buffer))
            {
                var message = new Message(buffer);
                observation.Rcode = message.Rcode;
                observation.Query = message.Query ?? observation.Query;
                observation.Identity = message.Identity;
                observation.Nsid = message.Nsid;
            }
            else if (Has(answer.Value, "answers", out var answers) && answers.ValueKind == JsonValueKind.Array)
            {
                observation.Identity = IdentityOf(answers);
            }

            return observation;
        }

        if (answer is { ValueKind: not JsonValueKind.Array })
        {
            return RejectionReasons.BadResult;
        }

        return Ping(observation, packets, aggregates, hasAggregates, error.Reason);
    }

    private static object Ping(Observation observation, Packets? packets, double[] aggregates, bool hasAggregates, string? error)
    {
        if (packets is null && !hasAggregates && error is null)
        {
            return RejectionReasons.NoResult;
        }

        var counted = packets is null ? 0 : packets.Replies.Count + packets.Losses;
        if (packets is { HasStrangers: true, Error: null } && counted == 0)
        {
            return RejectionReasons.BadResult;
        }

        observation.Sent = Count(aggregates[3], packets is null ? -1 : counted);
        observation.Received = Count(aggregates[4], packets?.Replies.Count ?? -1);
        observation.Duplicates = Count(aggregates[5], packets?.Duplicates ?? -1);
        if (aggregates[..3].All(IsTime))
        {
            (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs) = (aggregates[0], aggregates[1], aggregates[2]);
        }
        else if (packets is { Replies.Count: > 0 })
        {
            (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs) = (packets.Replies.Min(), packets.Replies.Average(), packets.Replies.Max());
        }
        else if (IsTime(aggregates[0]))
        {
            observation.RttMinMs = aggregates[0];
        }
        else if (!double.IsNaN(aggregates[0]) && aggregates[0] != -1)
        {
            return RejectionReasons.BadRtt;
        }

        (observation.Outcome, observation.Reason) = !double.IsNaN(observation.RttMinMs) ? (Outcome.Answered, null)
            : counted == 0 && (error ?? packets?.Error) is { } reason ? (Outcome.Failed, reason)
            : observation.Sent == 0 ? (Outcome.Failed, "nothing-sent")
            : (Outcome.Unanswered, "timeout");
        return observation;
    }

    private static bool IsTime(double milliseconds) => milliseconds is >= 0 and <= 600_000;

    private static int Count(double said, int counted) => said is >= 0 and <= int.MaxValue && Math.Floor(said) == said ? (int)said : counted;

    private static (string? Reason, bool IsSilence) Error(JsonElement? error)
    {
        switch (error?.ValueKind)
        {
            case null:
                return (null, false);
            case JsonValueKind.String:
                return (Kebab(Text(error)!), false);
            case JsonValueKind.Object:
            case JsonValueKind.Array:
                var members = error.Value.ValueKind == JsonValueKind.Object ? error.Value.EnumerateObject().ToList()
                    : [.. error.Value.EnumerateArray().Where(inner => inner.ValueKind == JsonValueKind.Object).SelectMany(inner => inner.EnumerateObject())];
                foreach (var silence in Silence)
                {
                    if (members.Any(member => Is(member, silence)))
                    {
                        return (silence, true);
                    }
                }

                return members.Count == 0 ? ("error", false)
                    : Is(members[0], "reason") && Text(members[0].Value) is { } text ? (Kebab(text), false)
                    : (IdentityText.Normalise(Text(Name(members[0])) ?? "", 64) ?? "error", false);
            default:
                return ("error", false);
        }
    }

    private static string Kebab(string text)
    {
        var words = new string([.. text.TakeWhile(character => character != ':').Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kebab = string.Join('-', words);
        return kebab.Length == 0 ? "error" : kebab[..Math.Min(64, kebab.Length)].TrimEnd('-');
    }

    private static string? IdentityOf(JsonElement answers)
    {
        foreach (var answer in answers.EnumerateArray().Where(answer => answer.ValueKind == JsonValueKind.Object))
        {
            if (!Has(answer, "TYPE", out var type) || !(type.ValueKind == JsonValueKind.String ? Text(type) == "TXT" : Number(type) == 16))
            {
                continue;
            }

            if (!Has(answer, "RDATA", out var data))
            {
                return null;
            }

            var text = data.ValueKind == JsonValueKind.Array ? string.Concat(data.EnumerateArray().Select(part => Text(part))) : Text(data) ?? "";
            var bytes = new List<byte>();
            var utf8 = Encoding.UTF8.GetBytes(text);
            for (var at = 0; at < utf8.Length; at++)
            {
                if (utf8[at] == '\\' && at + 3 < utf8.Length && utf8[(at + 1)..(at + 4)].All(digit => char.IsAsciiDigit((char)digit))
                    && int.Parse(Encoding.ASCII.GetString(utf8, at + 1, 3), CultureInfo.InvariantCulture) is < 256 and var octet)
                {
                    bytes.Add((byte)octet);
                    at += 3;
                }
                else
                {
                    bytes.Add(utf8[at]);
                }
            }

            return Shown([.. bytes]);
        }

        return null;
    }

    private static string? Cleaned(JsonElement? text) => Text(text) is { } given ? IdentityText.Normalise(given, 255) : null;

    /// <summary>Bytes as text: UTF-8, other bytes as \xNN, and the rules for identities.</summary>
    private static string? Shown(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length;)
        {
            var size = Enumerable.Range(1, 4).FirstOrDefault(size => at + size <= bytes.Length && Utf8.IsValid(bytes.AsSpan(at, size)));
            text.Append(size > 0 ? Encoding.UTF8.GetString(bytes, at, size) : $"\\x{bytes[at]:x2}");
            at += Math.Max(1, size);
        }

        return IdentityText.Normalise(text.ToString());
    }

    private static long? Whole(JsonElement members, string name) => Has(members, name, out var value) ? Whole(value) : null;

    private static long? Whole(JsonElement? value) => Number(value) is >= 0 and <= 1L << 53 and var number && Math.Floor(number) == number ? (long)number : null;

    /// <summary>A number, or a text that is one; NaN for null and nothing, −∞ for all else.</summary>
    private static double Number(JsonElement? value)
    {
        switch (value?.ValueKind)
        {
            case null or JsonValueKind.Null:
                return double.NaN;
            case JsonValueKind.Number:
                return double.IsFinite(value.Value.GetDouble()) ? value.Value.GetDouble() : double.NegativeInfinity;
            case JsonValueKind.String:
                try
                {
                    var text = Text(value)!;
                    using var number = JsonDocument.Parse(text);
                    return text == number.RootElement.GetRawText() && number.RootElement.ValueKind == JsonValueKind.Number ? Number(number.RootElement) : double.NegativeInfinity;
                }
                catch (Exception problem) when (problem is JsonException or ArgumentException)
                {
                    return double.NegativeInfinity;
                }

            default:
                return double.NegativeInfinity;
        }
    }

    private static bool Has(JsonElement members, string name, out JsonElement value)
    {
        value = members.EnumerateObject().Where(member => Is(member, name)).Select(member => member.Value).LastOrDefault();
        return value.ValueKind != JsonValueKind.Undefined;
    }

    private static bool Is(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no name that we know.
            return false;
        }
    }

    /// <summary>The name as an element, for the sake of half surrogate pairs, which <see cref="JsonProperty.Name"/> throws at.</summary>
    private static JsonElement Name(JsonProperty member)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(member.ToString()), new JsonReaderOptions { AllowMultipleValues = true });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>A text, half surrogate pairs replaced; null for all else.</summary>
    private static string? Text(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.String })
        {
            return null;
        }

        var raw = value.Value.GetRawText()[1..^1];
        var text = new StringBuilder();
        for (var at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                text.Append(raw[at]);
                continue;
            }

            at++;
            text.Append(raw[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'u' => (char)Convert.ToInt32(raw[(at + 1)..(at + 5)], 16), var other => other });
            at += raw[at] == 'u' ? 4 : 0;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private sealed class Packets
    {
        public List<double> Replies { get; } = [];

        public int Losses { get; private set; }

        public int Duplicates { get; private set; }

        public bool HasStrangers { get; private set; }

        public string? Error { get; private set; }

        public static Packets Of(JsonElement list)
        {
            var packets = new Packets();
            foreach (var item in list.EnumerateArray())
            {
                double Own(string name) => item.ValueKind == JsonValueKind.Object && Has(item, name, out var value) ? Number(value) : double.NaN;
                if (item.ValueKind != JsonValueKind.Object)
                {
                    packets.HasStrangers = true;
                }
                else if (Own("dup") > 0)
                {
                    packets.Duplicates++;
                }
                else if (Has(item, "late", out _))
                {
                    continue;
                }
                else if (Has(item, "error", out var error))
                {
                    packets.Error ??= Text(error) is { } text ? Kebab(text) : "error";
                }
                else if (IsTime(Own("rtt")))
                {
                    packets.Replies.Add(Own("rtt"));
                }
                else if (Has(item, "x", out _) || !double.IsNaN(Own("rtt")))
                {
                    packets.Losses++;
                }
                else
                {
                    packets.HasStrangers = true;
                }
            }

            return packets;
        }
    }

    /// <summary>A DNS message, read until something contradicts.</summary>
    private sealed class Message
    {
        private readonly byte[] bytes;
        private int at = 12;

        public Message(string base64)
        {
            bytes = FromBase64(base64);
            Rcode = bytes.Length < 4 ? -1 : bytes[3] & 15;
            try
            {
                Read();
            }
            catch (Exception problem) when (problem is IndexOutOfRangeException or ArgumentException)
            {
                // What was read before is kept.
            }
        }

        public int Rcode { get; }

        public string? Query { get; private set; }

        public string? Identity { get; private set; }

        public string? Nsid { get; private set; }

        private static byte[] FromBase64(string text)
        {
            var bits = new List<byte>();
            var group = new List<int>();
            foreach (var character in text.Take(87_380))
            {
                var value = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".IndexOf(character, StringComparison.Ordinal);
                if (value < 0 && " \t\r\n".Contains(character, StringComparison.Ordinal))
                {
                    continue;
                }

                if (value < 0)
                {
                    break;
                }

                group.Add(value);
                if (group.Count == 4)
                {
                    bits.AddRange([(byte)((group[0] << 2) | (group[1] >> 4)), (byte)((group[1] << 4) | (group[2] >> 2)), (byte)((group[2] << 6) | group[3])]);
                    group.Clear();
                }
            }

            return [.. bits, .. group.Count < 2 ? [] : new[] { (byte)((group[0] << 2) | (group[1] >> 4)) }, .. group.Count < 3 ? [] : new[] { (byte)((group[1] << 4) | (group[2] >> 2)) }];
        }

        private int Next16() => (bytes[at++] << 8) | bytes[at++];

        private void Read()
        {
            _ = bytes[11];
            int[] counts = [.. Enumerable.Range(2, 4).Select(index => (bytes[2 * index] << 8) | bytes[(2 * index) + 1])];
            for (var question = 0; question < counts[0]; question++)
            {
                var start = at;
                SkipName();
                at += 4;
                if (at > bytes.Length)
                {
                    return;
                }

                if (question == 0)
                {
                    Query = NameAt(start);
                }
            }

            var hasTxt = false;
            for (var record = 0; record < counts[1] + counts[2] + counts[3]; record++)
            {
                SkipName();
                var type = Next16();
                at += 6;
                var size = Next16();
                var data = bytes.AsSpan(at, size).ToArray();
                at += size;
                if (type == 16 && record < counts[1] && !hasTxt)
                {
                    hasTxt = true;
                    Identity = Joined(data);
                }
                else if (type == 41 && record >= counts[1] + counts[2])
                {
                    for (var option = 0; option + 4 <= data.Length;)
                    {
                        var length = (data[option + 2] << 8) | data[option + 3];
                        var isNsid = data[option] == 0 && data[option + 1] == 3;
                        if (isNsid)
                        {
                            Nsid = Shown(data.AsSpan(option + 4, length).ToArray());
                            return;
                        }

                        option += 4 + length;
                    }

                    return;
                }
            }
        }

        private static string? Joined(byte[] data)
        {
            var joined = new List<byte>();
            for (var at = 0; at < data.Length; at += 1 + data[at])
            {
                if (at + 1 + data[at] > data.Length)
                {
                    return null;
                }

                joined.AddRange(data.AsSpan(at + 1, data[at]));
            }

            return Shown([.. joined]);
        }

        private void SkipName()
        {
            while (bytes[at] is > 0 and < 64)
            {
                at += 1 + bytes[at];
            }

            at += bytes[at] switch { 0 => 1, >= 192 => 2, _ => throw new ArgumentException("label type") };
        }

        private string? NameAt(int position)
        {
            var labels = new List<string>();
            var length = 1;
            for (var steps = 0; steps < 400; steps++)
            {
                if (position >= bytes.Length)
                {
                    return null;
                }

                var label = bytes[position];
                if (label >= 192)
                {
                    if (position + 1 >= bytes.Length)
                    {
                        return null;
                    }

                    position = ((label & 63) << 8) | bytes[position + 1];
                    continue;
                }

                if (label == 0)
                {
                    return labels.Count == 0 ? "." : string.Join('.', labels);
                }

                length += 1 + label;
                if (label > 63 || position + 1 + label > bytes.Length || length > 255)
                {
                    return null;
                }

                labels.Add(string.Concat(bytes.AsSpan(position + 1, label).ToArray().Select(octet => octet switch
                {
                    (byte)'.' or (byte)'\\' => $"\\{(char)octet}",
                    > 32 and < 127 => $"{char.ToLowerInvariant((char)octet)}",
                    _ => $"\\{octet:000}",
                })));
                position += 1 + label;
            }

            return null;
        }
    }
}
