using System.Text;
using Collector.Results;
using CsCheck;
using Xunit;

namespace Tests.Results;

/// <summary>The decoder against <see cref="ReferenceDecoder"/>, on results and on what chance makes of them.</summary>
public sealed class DecoderPropertyTests
{
    // One of each shape; the messages in them are those of the real results that they are made after.
    private static readonly string[] Seeds =
    [
        """{"fw":5020,"mver":"2.2.0","lts":15,"dst_addr":"149.112.149.112","dst_port":"53","af":4,"src_addr":"192.168.1.247","proto":"UDP","result":{"rt":19.924,"size":64,"abuf":"4eGBgAABAAEAAAAAAmlkBnNlcnZlcgAAEAADwAwAEAADAAFRgAAZGHJlczMwMC52aWUucnJkbnMucGNoLm5ldA==","ID":57825,"ANCOUNT":1,"answers":[{"TYPE":"TXT","NAME":"id.server","RDATA":["res300.vie.rrdns.pch.net"]}]},"msm_id":29083406,"prb_id":1000125,"timestamp":1612968359,"msm_name":"Tdig","from":"86.49.239.227","type":"dns","stored_timestamp":1612968360}""",
        """{"af":6,"dst_addr":"2001:dcd:7::1","from":"2a03:b280::280:a3ff:fe91:3bb2","fw":4610,"msm_id":1675002,"name":"2001:dcd:7:0:0:0:0:1","prb_id":3498,"proto":"UDP","result":{"abuf":"0geEAAABAAEAAAABCHRlc3R6b25lAAAGAAHADAAGAAEAAAOEAEYDYXJpBWFscGhhBmFyaWRucwNuZXQCYXUAB3N1cHBvcnQLYXJpc2VydmljZXMDY29tAFOhbEUAAAcIAAABLAAbr4AAAAcIAAApEAAAAAAAAAwAAwAIZG5zMi5hbXM=","rt":31.5},"timestamp":1403091608,"type":"dns"}""",
        """{"from":"10.0.0.1","fw":"4580","msm_id":9,"prb_id":2,"timestamp":1499702566,"resultset":[{"af":4,"subid":1,"submax":3,"proto":"UDP","time":1499702567,"dst_addr":"192.168.1.1","result":{"rt":62.61,"abuf":"jeWBhAABAAAAAAAACGhvc3RuYW1lBGJpbmQAABAAAw=="}},{"subid":2,"dst_addr":"192.168.1.2","error":{"TU_BAD_ADDR":true}},{"subid":3,"error":{"timeout":5000}},{"x":1},7,{"error":{"TCPREADSIZE":"","TCPREAD":""}}],"type":"dns"}""",
        """{"msm_id":1,"prb_id":1,"timestamp":5,"type":"dns","result":{"rt":1.5,"answers":[{"TYPE":"SOA"},{"TYPE":"TXT","RDATA":["a\\034b\\255","c\u00ff\ud83d\ude00 "]}]},"error":{"timeout":1}}""",
        """{"msm_id":"1","prb_id":"1","time":5,"result":{"rt":"1.5","answers":[{"TYPE":16,"RDATA":"PowerDNS $Id$"}]},"qbuf":"CcsAAAABAAAAAAABBHJpcGUDbmV0AAAcAAEAACkCAAAAgAAAAAAAAAA="}""",
        """{"msm_id":3,"prb_id":4,"timestamp":7,"msm_name":"Tdig","error":{"reason":"address not allowed: no","err":3},"dst_name":"a.example","qbuf":"CcsAAAABAAAAAAABBHJpcGUDbmV0AAAcAAEAACkCAAAAgAAAAAAAAAA="}""",
        """{"avg":"58.042","dst_addr":"62.2.16.12","dup":"0","fw":0,"max":"58.272","min":"57.876","msm_id":1000192,"prb_id":677,"rcvd":"3","sent":"3","timestamp":1328019792,"type":"ping"}""",
        """{"af":4,"avg":27.768,"dst_addr":"62.2.16.24","dup":2,"from":"109.190.83.40","fw":4610,"max":27.768,"min":27.768,"msm_id":1000192,"msm_name":"Ping","prb_id":1216,"proto":"ICMP","rcvd":1,"result":[{"srcaddr":"192.168.103.130","x":"*"},{"dup":1,"rtt":36.454000000000001,"ttl":54},{"rtt":27.768000000000001},{"late":1,"rtt":2}],"sent":2,"timestamp":1395277728,"type":"ping"}""",
        """{ "msm_id":5, "prb_id":6, "time":999999999, "name":"ping.example", "addr":"2001:db8::1", "pf":6, "result": [ { "rtt":1000.001000 }, { "x":"*" }, {"error":"sendto failed: Network is unreachable"} ] }""",
        """{"msm_id":5,"prb_id":6,"timestamp":9,"type":"ping","result":[{"error":"connect failed: Permission denied"}],"sent":0,"rcvd":0,"min":-1,"avg":-1,"max":-1}""",
        """{"msm_id":5,"prb_id":6,"timestamp":9,"type":"ping","result":[],"sent":3,"min":null,"max":null,"avg":10.002}""",
        """{"msm_id":5010,"prb_id":6,"timestamp":9,"type":"traceroute","result":[{"hop":1,"result":[{"rtt":1.2,"ttl":255}]}]}""",
    ];

    // What a mutation puts in: pieces that mean something to JSON, to numbers, to these results.
    private static readonly string[] Pieces =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "0", "-", "-1", ".", "1.0", "1e3", "1E400", "1e-400", "01", "9007199254740993", "123456789012345678901234567890",
        "null", "true", "NaN", "\"\"", "\"12\"", "\"1.5e1\"", "\\u0061", "\\ud800", "\\udc00", "\\/", "\\x", "\u0000", "\u001f", "\u007f", "ÿ", "\ud83d\ude00", "{}", "[]", "[[[[", "\"af\":6,", "\"result\":null,",
        "\"error\":{\"socket\":\"x\"},", "\"msm_id\":0,", "\"time\":1e9,", "\"subid\":2,", "=", "AAAA", "{\"a\":1}", "\"resultset\":[],", "\"type\":\"ping\",", "\"min\":-1,", "\"rt\":-2,", "\"rtt\":", "\"dup\":1,",
    ];

    // One for all of a test: what it has learned from one result must not change what it makes of another.
    private readonly ResultDecoder decoder = new();

    [Fact]
    public void Each_seed_decodes_as_the_plain_rules_say() => Assert.All(Seeds, seed => Compare(Encoding.UTF8.GetBytes(seed)));

    // One thread: the decoder is no more shared here than anywhere else.
    [Fact]
    public void Whatever_chance_makes_of_results_decodes_as_the_plain_rules_say() =>
        Gen.Select(Gen.OneOf(Seeds.Select(Encoding.UTF8.GetBytes).Select(Gen.Const).ToArray<IGen<byte[]>>()), Mutations[1, 4])
            .Sample((line, mutations) => Compare(Mutated(line, mutations)), iter: 24_000, threads: 1);

    [Fact]
    public void Real_messages_and_what_chance_makes_of_them_decode_as_the_plain_rules_say()
    {
        byte[][] messages = [.. Corpus.Lines("abuf/bigquery-dns-messages.ndjson.gz").Concat(Corpus.Lines("abuf/bigquery-dns-messages-corrupt.ndjson"))
            .Select(line => Convert.FromBase64String(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("buf").GetString()!))];
        Assert.All(messages, message => Compare(Answer(message)));
        Gen.Select(Gen.OneOf(messages.Select(Gen.Const).ToArray<IGen<byte[]>>()), Mutations[1, 4])
            .Sample((message, mutations) => Compare(Answer(Mutated(message, mutations))), iter: 10_000, threads: 1);
    }

    [Theory]
    [InlineData("dns/sagan-dns.ndjson")]
    [InlineData("dns/reticle-dns.ndjson")]
    [InlineData("dns/pierky-1421267.ndjson")]
    [InlineData("dns/ripe-atlas-tools-dns.ndjson")]
    [InlineData("dns/tma17-8831682-resultset.ndjson")]
    [InlineData("dns/probe-firmware-evtdig.ndjson")]
    [InlineData("dns/root-k6-version.server-11501.ndjson")]
    [InlineData("ping/sagan-ping.ndjson")]
    [InlineData("ping/root-k-ping-1001.ndjson")]
    [InlineData("ping/ripe-atlas-tools-ping.ndjson")]
    [InlineData("ping/probe-firmware-evping.ndjson")]
    public void Real_results_and_what_chance_makes_of_them_decode_as_the_plain_rules_say(string file)
    {
        byte[][] lines = [.. Corpus.Lines(file).Select(Encoding.UTF8.GetBytes)];
        Assert.All(lines, Compare);
        Gen.Select(Gen.OneOf(lines.Select(Gen.Const).ToArray<IGen<byte[]>>()), Mutations[1, 4])
            .Sample((line, mutations) => Compare(Mutated(line, mutations)), iter: 2 * lines.Length, threads: 1);
    }

    /// <summary>One change to some bytes: what is done, where (a share of the length), and with what.</summary>
    private readonly record struct Mutation(int Kind, double Place, double From, byte Byte, int Length, string Piece);

    private static GenArray<Mutation> Mutations { get; } = Gen.Select(
        Gen.Frequency((4, Gen.Int[0, 3]), (1, Gen.Int[4, 4]), (8, Gen.Int[5, 8])), Gen.Double.Unit, Gen.Double.Unit, Gen.Byte, Gen.Int[1, 60], Gen.OneOf(Pieces.Select(Gen.Const).ToArray<IGen<string>>()),
        (kind, place, from, value, length, piece) => new Mutation(kind, place, from, value, length, piece)).Array;

    private static byte[] Mutated(byte[] line, Mutation[] mutations)
    {
        var bytes = line.ToList();
        foreach (var mutation in mutations)
        {
            var at = (int)(mutation.Place * bytes.Count);
            switch (mutation.Kind)
            {
                case 0 or 1 when at < bytes.Count:
                    bytes[at] = mutation.Byte;
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(1 + (mutation.Length % 8), bytes.Count - at));
                    break;
                case 3 when bytes.Count > 0:
                    // A piece of itself, somewhere else.
                    var from = (int)(mutation.From * bytes.Count);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(mutation.Length, bytes.Count - from)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    // In the place of a value or between members, mostly, where it is more often still JSON.
                    var delimiter = mutation.Kind == 5 ? at : bytes.IndexOf(mutation.Kind == 6 ? (byte)',' : (byte)':', Math.Min(at, Math.Max(0, bytes.Count - 1)));
                    at = delimiter < 0 ? at : Math.Min(bytes.Count, delimiter + 1);
                    if (mutation.Byte % 2 == 0)
                    {
                        var end = bytes.FindIndex(at, value => value is (byte)',' or (byte)'}' or (byte)']');
                        bytes.RemoveRange(at, end < 0 ? 0 : end - at);
                    }

                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(mutation.Piece));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Answer(byte[] message) =>
        Encoding.UTF8.GetBytes($$$"""{"msm_id":1,"prb_id":1,"timestamp":1,"type":"dns","result":{"rt":1,"abuf":"{{{Convert.ToBase64String(message)}}}"}}""");

    private void Compare(byte[] line)
    {
        var recorder = new InOrder();
        decoder.Decode(line, recorder);
        var expected = string.Join('\n', ReferenceDecoder.Decode(line).Select(Shown));
        var actual = string.Join('\n', recorder.Made.Select(Shown));
        Assert.True(expected == actual, $"{Encoding.UTF8.GetString(line)}\nexpected\n{expected}\nactual\n{actual}");
    }

    private static string Shown(object made) => made is string reason
        ? reason
        : string.Join(' ', typeof(Observation).GetProperties().Select(property => $"{property.Name}={property.GetValue(made)}"));

    private sealed class InOrder : IResultHandler
    {
        public List<object> Made { get; } = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => Made.Add(observation);

        public void Reject(string reason, ReadOnlySpan<byte> result) => Made.Add(reason);
    }
}
