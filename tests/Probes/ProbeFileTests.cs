using System.IO.Compression;
using System.Text;
using Collector.Probes;
using Xunit;

namespace Tests.Probes;

public sealed class ProbeFileTests
{
    private const string A = """{"id":1,"country_code":"NL","tags":[{"name":"NAT","slug":"nat"},{"name":"x","slug":"y"}],"status":{"id":1}}""";
    internal const string B = """{"id":2,"description":"a \"}{][\" in it \\","geometry":{"type":"Point","coordinates":[4.5,52.25]}}""";
    private const string C = """{"id":3,"latitude":-26.5,"longitude":28.25,"status":2,"tags":["office"]}""";

    public static TheoryData<string, string> Shapes => new()
    {
        { "NDJSON", $"{A}\n{B}\n{C}\n" },
        { "NDJSON without final line end", $"{A}\n{B}\n{C}" },
        { "NDJSON of Windows, with byte order mark", $"\uFEFF{A}\r\n{B}\r\n\r\n{C}\r\n" },
        { "array", $"[{A},{B},{C}]" },
        { "array, one a line", $"[\n{A},\n{B},\n{C}\n]\n" },
        { "one page", $"{{\"count\":3,\"next\":null,\"previous\":null,\"results\":[{A},{B},{C}]}}" },
        { "one page, list first", $"{{\"results\":[{A},{B},{C}],\"count\":3,\"next\":{{\"a\":[1,2]}}}}" },
        { "pages, one a line", $"{{\"count\":3,\"next\":\"http://x/?page=2\",\"results\":[{A},{B}]}}\n{{\"count\":3,\"next\":null,\"results\":[{C}]}}\n" },
        { "array of pages", $"[{{\"count\":3,\"results\":[{A}]}},{{\"count\":3,\"results\":[{B},{C}]}},{{\"results\":[]}}]" },
        { "v1 and daily archive", $"{{\"meta\":{{\"total_count\":3,\"results\":\"no\"}},\"objects\":[{A},{B},{C}]}}" },
        { "page over several lines", $"{{\"count\": 3,\n\"next\": null,\n\"results\": [\n{A}\n,\n{B},{C}\n]\n}}\n" },
        { "mixed", $"[{A}]\n{{\"objects\":[{B}]}}\n{C}" },
        { "indented", "[\n  {\n    \"id\": 1,\n    \"tags\": [\n      {\n        \"slug\": \"nat\"\n      }\n    ]\n  },\n  {\n    \"id\": 2\n  },\n  { \"id\": 3 }\n]" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_brings_the_same_probes(string shape, string text)
    {
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(text), Gzip(text) })
        {
            // Chunks of 1 byte put a chunk's end at every place of the text.
            foreach (var chunk in new[] { 1, 7, int.MaxValue })
            {
                var (ids, summary) = Read(bytes, chunk);
                Assert.True(ids.SequenceEqual([1, 2, 3]), $"{shape}, chunks of {chunk}: {string.Join(",", ids)}");
                Assert.Empty(summary.Rejected);
                Assert.False(summary.CutOff);
                Assert.Equal(3, summary.Probes);
            }
        }
    }

    [Fact]
    public void Gzip_members_one_after_the_other_are_one_file()
    {
        var (ids, _) = Read([.. Gzip(A + "\n"), .. Gzip(B + "\n")], int.MaxValue);
        Assert.Equal([1, 2], ids);
    }

    public static TheoryData<string, int[], string, int> Odd => new()
    {
        { $"{A}\n{{\"id\":7,\"country_code\":\"N\n{B}\n", [1, 2], "cut", 1 },
        { $"{A}\n{{\"id\":7,\"tags\":[{{\"slug\":\"x\"}}\n{B}\n", [1, 2], "cut", 1 },
        { $"{A}\n{{\"id\":7,\"status\":\n{B}\n", [1, 2], "cut", 1 },
        { $"{A}\n{{\"id\":7}}]}}\n{B}\n", [1, 7, 2], "", 0 },
        { $"{A}\n{{\"id\":7,\"tags\":[}}]}}\n{B}\n", [1, 2], "bad-json", 1 },
        { $"{A}\n{{\"id\":7,\"asn_v4\":nope}}\n{B}\n", [1, 2], "bad-json", 1 },
        { $"{A}\n<html>\n{B}\n", [1, 2], "not-an-object", 1 },
        { $"[{A},null,\"a,]{{\\\"\",12,{B}]", [1, 2], "not-an-object", 3 },
        { $"[{A},[{B}],{{}}]", [1, 2], "no-id", 1 },
        { $"{A}\n{{\"id\":-1}}\n{{\"id\":1.5}}\n{{\"id\":2147483648}}\n{{\"id\":\"x\"}}\n{{\"id\":[]}}\n{B}", [1, 2], "bad-id", 5 },
        { $"{A}\n{{\"id\":1001,\"type\":\"ping\"}}\n{B}", [1, 2], "not-a-probe", 1 },
        { $"{{\"count\":9,\"results\":[{A},{{\"id\":7,\"add\n{{\"count\":9,\"results\":[{B}]}}\n", [1, 2], "cut", 1 },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public void An_odd_object_is_counted_and_reading_goes_on(string text, int[] expected, string reason, int count)
    {
        foreach (var chunk in new[] { 1, 11, int.MaxValue })
        {
            var (ids, summary) = Read(Encoding.UTF8.GetBytes(text), chunk);
            Assert.Equal(expected, ids);
            Assert.Equal(count, summary.Rejected.GetValueOrDefault(reason));
            Assert.Equal(count, summary.Rejected.Values.Sum());
        }
    }

    [Fact]
    public void Text_that_is_no_utf8_costs_the_field_not_the_probe()
    {
        byte[] bytes = [.. "{\"id\":5,\"country_code\":\"\\ud800\",\"tags\":[\"a"u8, 0xFF, .. "\",\"nat\"]}"u8];
        Probe? probe = null;
        ProbeFile.Read(new MemoryStream(bytes), read => probe = read);
        Assert.Null(probe!.Country);
        Assert.Equal(["nat"], probe.Tags);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[" + A)]
    [InlineData("[" + A + ",{\"id\":")]
    [InlineData("{\"count\":1,\"results\":[" + A + "]")]
    public void A_text_that_ends_too_early_is_cut_off(string text) => Assert.True(Read(Encoding.UTF8.GetBytes(text), int.MaxValue).Summary.CutOff);

    [Fact]
    public void A_cut_gzip_gives_what_is_left()
    {
        var whole = Gzip(string.Join('\n', Enumerable.Range(1, 5000).Select(id => $"{{\"id\":{id},\"prefix_v4\":\"10.{id % 251}.{id % 13}.0/24\"}}")));
        var (ids, summary) = Read(whole[..(whole.Length / 2)], int.MaxValue);
        Assert.True(summary.CutOff);
        Assert.InRange(ids.Count, 500, 4500);
    }

    [Fact]
    public void An_endless_object_is_skipped_and_costs_no_memory()
    {
        var text = $"{A}\n{{\"id\":7,\"description\":\"{new string('x', 3_000_000)}\"}}\n{B}\n";
        var (ids, summary) = Read(Encoding.UTF8.GetBytes(text), 4096);
        Assert.Equal([1, 2], ids);
        Assert.Equal(1, summary.Rejected["too-long"]);
    }

    [Fact]
    public void A_tower_of_brackets_does_not_topple_the_reader()
    {
        var tower = new string('[', 100_000);
        var (ids, summary) = Read(Encoding.UTF8.GetBytes($"{A}\n{{\"id\":7,\"tags\":{tower}\n{B}\n{tower}\n{C}\n"), int.MaxValue);
        Assert.Equal(1, ids[0]);
        Assert.Contains(3, ids);
        Assert.NotEmpty(summary.Rejected);
    }

    [Fact]
    public void Bzip2_is_refused_with_advice()
    {
        var problem = Assert.Throws<InvalidDataException>(() => ProbeFile.Read(new MemoryStream("BZh91AY&SY"u8.ToArray()), _ => { }));
        Assert.Contains("bunzip2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_stream_has_no_probes() => Assert.Equal(0, Read([], int.MaxValue).Summary.Probes);

    /// <summary>Counted in the pages with Python: 115 probe objects, 20 of them not public.</summary>
    [Fact]
    public void Pages_of_2016()
    {
        var probes = ReadCorpus("api/probe-list-pages-2016.ndjson");
        Assert.Equal(115, probes.Count);
        var known = probes.First(probe => probe.Id == 2060);
        Assert.Equal("109.231.194.13", known.AddressV4!.ToString());
        Assert.Equal((uint)25180, known.AsnV4);
        Assert.Equal("109.231.192.0/18", known.PrefixV4);
        Assert.Equal("GB", known.Country);
        Assert.Equal(51.5175, known.Position!.Value.LatitudeDegrees);
        Assert.Equal(-0.0895, known.Position!.Value.LongitudeDegrees);
        Assert.Equal(ProbeStatus.Connected, known.Status);
        Assert.Equal(new DateTimeOffset(2011, 11, 17, 15, 6, 40, TimeSpan.Zero), known.FirstConnected);
        Assert.Contains("system-ipv4-works", known.Tags);
        Assert.Equal(20, probes.Count(probe => !probe.IsPublic));
    }

    [Fact]
    public void Objects_of_2026_with_everything_unknown()
    {
        var probes = ReadCorpus("api/probe-objects-2026.ndjson");
        Assert.Equal([14029, 18335], probes.Select(probe => probe.Id));
        Assert.All(probes, probe => Assert.Null(probe.Country));
        Assert.All(probes, probe => Assert.Null(probe.Position));
        Assert.Equal(ProbeStatus.NeverConnected, probes[0].Status);
        Assert.Equal(ProbeStatus.WrittenOff, probes[1].Status);
        Assert.Equal(["system-v3", "system-dns-problem-suspected"], probes[0].Tags);
    }

    [Fact]
    public void Objects_of_2026_without_tags()
    {
        var probes = ReadCorpus("api/probe-objects-2026-partial.ndjson");
        Assert.Equal(7, probes.Count);
        var dual = probes.Single(probe => probe.Id == 22534);
        Assert.Equal("240c:f:1:4000:eade:27ff:fe69:c920", dual.AddressV6!.ToString());
        Assert.Equal((uint)45275, dual.Asn(6));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1583213222), dual.LastConnected);
        Assert.Empty(dual.Tags);
    }

    [Fact]
    public void Latitude_666_is_unplaced()
    {
        var probe = Assert.Single(ReadCorpus("api/probe-detail-v2-shape.ndjson"));
        Assert.Equal(0, probe.Id);
        Assert.Null(probe.Position);
        Assert.Equal((uint)666, probe.AsnV4);
    }

    [Fact]
    public void A_list_of_something_else_is_refused_in_words()
    {
        var problem = Assert.Throws<InvalidDataException>(() => ProbeFile.Load(Corpus.File("api/probe-geoloc-misfits.ndjson")));
        Assert.Contains("5 × no-id", problem.Message, StringComparison.Ordinal);
    }

    private static List<Probe> ReadCorpus(string path)
    {
        using var stream = File.OpenRead(Corpus.File(path));
        var probes = new List<Probe>();
        var summary = ProbeFile.Read(stream, probes.Add);
        Assert.Empty(summary.Rejected);
        Assert.False(summary.CutOff);
        return probes;
    }

    private static (List<int> Ids, ProbeReadSummary Summary) Read(byte[] bytes, int chunk)
    {
        var ids = new List<int>();
        var summary = ProbeFile.Read(new RepeatedStream([], bytes, 1, chunk), probe => ids.Add(probe.Id));
        return (ids, summary);
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    internal sealed class RepeatedStream(byte[] head, byte[] body, int times, int chunk = int.MaxValue) : Stream
    {
        private byte[] current = head;
        private int offset;
        private int left = times;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            while (this.offset == current.Length)
            {
                if (left-- == 0)
                {
                    left = 0;
                    return 0;
                }

                current = body;
                this.offset = 0;
            }

            var length = Math.Min(Math.Min(count, chunk), current.Length - this.offset);
            current.AsSpan(this.offset, length).CopyTo(buffer.AsSpan(offset));
            this.offset += length;
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
