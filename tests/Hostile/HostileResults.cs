using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tests.Hostile;

/// <summary>Results and probes as Atlas delivers them, with a stranger's words wherever a stranger has a say.</summary>
internal static class HostileResults
{
    public const int Dns = 8001;
    public const int Ping = 8002;

    // Of each measurement's rounds; enough for every check to take it seriously.
    private const int Rounds = 30;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The first hour of 2026-W46.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One line a result.</summary>
    public static IEnumerable<byte[]> Lines()
    {
        var probe = 1;
        foreach (var payload in Payloads.All)
        {
            // Known to nobody; a machine's name at the right PoP; at the wrong one; in the NSID; in what went wrong.
            for (var kind = 0; kind < 5; kind++, probe++)
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var at = Start.AddHours(round).ToUnixTimeSeconds() + probe;

                    // Beside the identity once is enough: 64 KiB in each of a result's members make a file of 100 MB.
                    var beside = round == 0 || payload.Length < 1000 ? payload : Payloads.Mark;
                    var result = Common(Dns, probe, at, beside);
                    result["type"] = "dns";
                    switch (kind)
                    {
                        case 0:
                            result["result"] = Answers(payload);
                            break;
                        case 1:
                            result["result"] = Message(payload + ".ape", null);
                            break;
                        case 2:
                            result["result"] = Message(payload + ".jnb", null);
                            break;
                        case 3:
                            result["result"] = Message("ns1.ape", Encoding.UTF8.GetBytes(payload));
                            break;
                        default:
                            result["error"] = new JsonObject { [payload] = payload };
                            break;
                    }

                    yield return Bytes(result);
                    var ping = Common(Ping, probe, at + 30, beside);
                    ping["type"] = "ping";
                    ping["sent"] = 1;
                    ping["rcvd"] = kind == 4 ? 0 : 1;
                    ping["min"] = kind == 4 ? -1 : 150;
                    ping["result"] = new JsonArray(kind == 4 ? new JsonObject { ["error"] = payload } : new JsonObject { ["rtt"] = 150.5 });
                    yield return Bytes(ping);
                }
            }
        }

        // Bytes that are no text at all.
        yield return Bytes(With(Common(Dns, probe, Start.ToUnixTimeSeconds(), ""), "result", Message([.. "ns1.ape\xff"u8, 0xc3, 0x28, 0xed, 0xa0, 0x80], [0xff, 0xfe, 0x1b])));
    }

    /// <summary>What Atlas says of the probes, as a page of its API.</summary>
    public static string Probes()
    {
        var results = new JsonArray();
        for (var id = 1; id <= (Payloads.All.Count * 5) + 1; id++)
        {
            var payload = Payloads.All[(id - 1) / 5 % Payloads.All.Count];
            results.Add(new JsonObject
            {
                ["id"] = id,
                ["type"] = payload,
                ["address_v4"] = id % 7 == 0 ? payload : $"198.18.{id / 250}.{(id % 250) + 1}",
                ["asn_v4"] = 64500 + (id % 5),
                ["prefix_v4"] = id % 11 == 0 ? payload : "198.18.0.0/16",
                ["country_code"] = id % 13 == 0 ? payload : "NL",
                ["description"] = payload,
                ["geometry"] = new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(5.0 + (id / 100.0), 52.0) },
                ["is_anchor"] = false,
                ["is_public"] = true,
                ["status"] = new JsonObject { ["id"] = 1, ["name"] = payload },
                ["tags"] = new JsonArray(new JsonObject { ["name"] = payload, ["slug"] = payload }, new JsonObject { ["slug"] = "home" }),
            });
        }

        return new JsonObject { ["count"] = results.Count, ["next"] = null, ["results"] = results }.ToJsonString(Plain);
    }

    /// <summary>A refusal in Atlas' form, with a stranger's words in each place.</summary>
    public static string Refusal(string payload) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["status"] = 400,
            ["title"] = payload,
            ["detail"] = payload,
            ["errors"] = new JsonArray(new JsonObject { ["detail"] = payload, ["source"] = new JsonObject { ["pointer"] = payload } }),
        },
    }.ToJsonString(Plain);

    private static JsonObject Common(int measurement, int probe, long at, string payload) => new()
    {
        ["fw"] = 5080,
        ["mver"] = payload,
        ["lts"] = 20,
        ["msm_id"] = measurement,
        ["prb_id"] = probe,
        ["timestamp"] = at,
        ["stored_timestamp"] = at + 60,
        ["af"] = 4,
        ["dst_addr"] = "192.0.2.53",
        ["dst_name"] = payload,
        ["src_addr"] = payload,
        ["from"] = payload,
        ["proto"] = measurement == Dns ? "UDP" : payload,
        ["msm_name"] = payload,
        ["ttl"] = payload,
    };

    private static JsonObject With(JsonObject target, string key, JsonNode value)
    {
        target[key] = value;
        target["type"] = "dns";
        return target;
    }

    private static JsonObject Answers(string payload) => new()
    {
        ["rt"] = 150.5,
        ["size"] = 60,
        ["answers"] = new JsonArray(new JsonObject { ["TYPE"] = "TXT", ["NAME"] = payload, ["RDATA"] = new JsonArray(payload) }),
    };

    private static JsonObject Message(string identity, byte[]? nsid) => Message(Encoding.UTF8.GetBytes(identity), nsid);

    /// <summary>A DNS message: TXT id.server CH, and an NSID option when there is one.</summary>
    private static JsonObject Message(byte[] identity, byte[]? nsid)
    {
        var message = new MemoryStream();
        message.Write([0, 1, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, (byte)(nsid is null ? 0 : 1), 2, .. "id"u8, 6, .. "server"u8, 0, 0, 16, 0, 3]);
        byte[] strings = [.. identity.Take(64_000).Chunk(255).SelectMany(part => part.Prepend((byte)part.Length))];
        message.Write([0xC0, 12, 0, 16, 0, 3, 0, 0, 0, 0, .. Length(strings.Length), .. strings]);
        if (nsid is not null)
        {
            byte[] option = [0, 3, .. Length(Math.Min(nsid.Length, 64_000)), .. nsid.Take(64_000)];
            message.Write([0, 0, 41, 4, 208, 0, 0, 0, 0, .. Length(option.Length), .. option]);
        }

        return new JsonObject { ["rt"] = 150.5, ["abuf"] = Convert.ToBase64String(message.ToArray()) };
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)length));
        return bytes;
    }

    private static byte[] Bytes(JsonObject result) => Encoding.UTF8.GetBytes(result.ToJsonString(Plain) + "\n");
}
