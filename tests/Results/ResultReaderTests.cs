using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Collector.Results;
using Xunit;

namespace Tests.Results;

/// <summary>Whatever results come wrapped in, and however that is broken.</summary>
public sealed class ResultReaderTests
{
    private static readonly JsonSerializerOptions IndentedWriting = new() { WriteIndented = true };

    private static readonly string[] Three = [Ping(1), Ping(2), Ping(3)];

    public static TheoryData<string, string> Wrappings => new()
    {
        { "lines", string.Join('\n', Three) + "\n" },
        { "lines without the last line's end", string.Join('\n', Three) },
        { "lines of Windows, some of them empty", string.Join("\r\n\r\n", Three) + "\r\n" },
        { "a byte order mark", "\uFEFF" + string.Join('\n', Three) },
        { "white space in front", " \n\t\r\n" + string.Join('\n', Three) },
        { "an array in one line", "[" + string.Join(',', Three) + "]" },
        { "an array with a line for each element", "[" + string.Join("\n,", Three) + "\n]\n" },
        { "an array with commas at the line ends", "[\n" + string.Join(",\n", Three) + "\n]" },
        { "an indented array", "[\n" + string.Join(",\n", Three.Select(Indented)) + "\n]\n" },
        { "an array that is indented by nothing", "[\n" + string.Join(",\n", Three.Select(result => Indented(result).Replace("\n  ", "\n", StringComparison.Ordinal).Replace("\n  ", "\n", StringComparison.Ordinal))) + "\n]\n" },
        { "indented objects", string.Join('\n', Three.Select(Indented)) },
        { "objects with nothing between", string.Concat(Three) },
        { "several arrays", $"[{Three[0]}][{Three[1]}]\n\n[\n{Three[2]}]" },
        { "arrays of one line each", $"[{Three[0]},{Three[1]}]\n[]\n[{Three[2]}]\n" },
        { "the latest of each probe", $$"""{"1":[{{Three[0]}},{{Three[1]}}],"2":[],"3":[{{Three[2]}}]}""" },
        { "the latest of each probe, indented", $$"""
            {
              "1": [
                {{Three[0]}}
              ],
              "2": [
                {{Three[1]}},
                {{Three[2]}}
              ]
            }
            """ },
        { "the latest of each probe without lists", $$"""{ "1" : {{Three[0]}}, "2" : {{Three[1]}}, "3":{{Three[2]}} }""" },
    };

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void Every_wrapping_is_told_by_looking(string what, string text)
    {
        Assert.NotEmpty(what);
        var bytes = Encoding.UTF8.GetBytes(text);
        byte[][] packings = [bytes, Zipped(bytes), [.. Zipped(bytes[..(bytes.Length / 2)]), .. Zipped(bytes[(bytes.Length / 2)..])]];
        foreach (var packing in packings)
        {
            // In one piece, and byte by byte, as a slow network would bring them.
            foreach (var stream in new Stream[] { new MemoryStream(packing), new Trickle(packing) })
            {
                var recorder = new Recorder();
                var summary = ResultReader.Read(stream, recorder);
                Assert.Empty(recorder.Reasons);
                Assert.Equal([1, 2, 3], recorder.Observations.Select(observation => observation.Probe));
                Assert.Null(summary.Incomplete);
                Assert.Equal((3, 3, 0, bytes.Length), (summary.Counts.Results, summary.Counts.Observations, summary.Counts.RejectedTotal, summary.Bytes));
            }
        }
    }

    [Fact]
    public async Task Reading_without_blocking_gives_the_same()
    {
        var recorder = new Recorder();
        var summary = await ResultReader.ReadAsync(new Trickle(Zipped(Encoding.UTF8.GetBytes("[" + string.Join(',', Three) + "]"))), recorder);
        Assert.Equal((3L, (string?)null), (summary.Counts.Observations, summary.Incomplete));
    }

    [Fact]
    public void The_bytes_of_each_result_arrive_as_they_came()
    {
        var odd = Three[1].Replace(":", " :  ", StringComparison.Ordinal);
        Assert.Equal([Three[0], odd, Three[2]], Read($"[ {Three[0]} ,\n{odd}\r\n, {Three[2]} ]").Recorder.Results);
        Assert.Equal([Three[0], odd, Three[2]], Read($"{Three[0]}\r\n {odd} \n{Three[2]}").Recorder.Results);
        Assert.Equal(Three, Read(string.Concat(Three)).Recorder.Results);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("[]")]
    [InlineData(" [ ] \n[\n]")]
    public void Nothing_is_complete(string text)
    {
        var (recorder, summary) = Read(text);
        Assert.Empty(recorder.Results);
        Assert.Equal((0L, (string?)null), (summary.Counts.Results, summary.Incomplete));
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("{\"a\":1,\"b\n")]
    [InlineData("{\"a\":[1,\n")]
    [InlineData("{\"a\":\"x\n")]
    [InlineData("}}}]]\n")]
    [InlineData("{]\n")]
    [InlineData("null\n")]
    [InlineData("\"text\"\n")]
    [InlineData("{\"a\":1}x\n")]
    [InlineData("\0\u0001\n")]
    public void A_broken_line_is_one_rejection_wherever_it_stands(string broken)
    {
        for (var place = 0; place < 3; place++)
        {
            List<string> lines = [.. Three.Select(result => result + "\n")];
            lines.Insert(place, broken);
            var (recorder, summary) = Read(string.Concat(lines));
            Assert.Equal([1, 2, 3], recorder.Observations.Select(observation => observation.Probe));
            Assert.Equal([RejectionReasons.BadJson], recorder.Reasons);
            Assert.Equal(4, summary.Counts.Results);
        }
    }

    [Theory]
    [InlineData("{\"a\":1,\"b")]
    [InlineData("{\"a\":[1")]
    [InlineData("{\"a\":{}")]
    [InlineData("nonsense")]
    public void A_broken_line_of_an_array_is_one_rejection(string broken)
    {
        var (recorder, summary) = Read($"[\n{Three[0]},\n{broken},\n{Three[1]},\n{Three[2]}\n]\n");
        Assert.Equal([1, 2, 3], recorder.Observations.Select(observation => observation.Probe));
        Assert.Equal([RejectionReasons.BadJson], recorder.Reasons);
        Assert.Null(summary.Incomplete);
    }

    [Fact]
    public void A_string_without_end_costs_one_result_of_an_indented_array()
    {
        var (recorder, _) = Read($"[\n{Indented(Three[0])},\n  {{\n    \"msm_id\": 1,\n    \"from\": \"x\n    \"result\": [\n  ]\n  }},\n{Indented(Three[1])}\n]\n");
        Assert.Equal([1, 2], recorder.Observations.Select(observation => observation.Probe));
        Assert.Equal([RejectionReasons.BadJson], recorder.Reasons);
    }

    [Fact]
    public void Wherever_lines_are_cut_off_all_before_arrives_and_the_rest_is_truncated()
    {
        var text = string.Join('\n', Three);
        for (var length = 1; length < text.Length; length++)
        {
            var whole = Enumerable.Range(0, 3).Count(index => length >= (index + 1) * (Three[0].Length + 1) - 1);
            var rest = length - (whole * (Three[0].Length + 1));
            AssertCut(Read(text[..length]), whole, isCut: rest > 0, rest > 0);
        }
    }

    [Fact]
    public void Wherever_an_array_is_cut_off_all_before_arrives_and_the_reader_says_so()
    {
        var text = "[" + string.Join(',', Three) + "]";
        for (var length = 1; length < text.Length; length++)
        {
            var whole = Enumerable.Range(0, 3).Count(index => length >= (index + 1) * (Three[0].Length + 1));
            var rest = length - 1 - (whole * (Three[0].Length + 1));
            AssertCut(Read(text[..length]), whole, isCut: true, hasRest: rest > 0);
        }
    }

    [Fact]
    public void Wherever_gzip_is_cut_off_what_arrives_is_true_and_the_reader_says_so()
    {
        var random = new Random(7);
        var lines = Enumerable.Range(1, 200).Select(probe => Ping(probe, random.Next())).ToList();
        var zipped = Zipped(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        for (var length = 3; length < zipped.Length; length++)
        {
            var recorder = new Recorder();
            var summary = ResultReader.Read(new MemoryStream(zipped[..length]), recorder);
            Assert.NotNull(summary.Incomplete);
            Assert.Equal(lines.Take(recorder.Observations.Count), recorder.Results.Take(recorder.Observations.Count));
            Assert.True(recorder.Reasons.Count <= 1 && recorder.Reasons.All(reason => reason == RejectionReasons.Truncated));
        }
    }

    [Fact]
    public void Damaged_gzip_ends_the_input_and_is_said()
    {
        var zipped = Zipped(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(1, 5000).Select(probe => Ping(probe, probe * 7919)))));
        zipped[zipped.Length / 2] ^= 0xFF;
        Assert.Equal("the gzip data is damaged or cut off", ResultReader.Read(zipped, new Recorder()).Incomplete);
    }

    [Fact]
    public void A_connection_that_breaks_leaves_what_came_before()
    {
        var recorder = new Recorder();
        var summary = ResultReader.Read(new Trickle(Encoding.UTF8.GetBytes(string.Join('\n', Three)), breakAt: Three[0].Length + 20), recorder);
        Assert.Equal([1], recorder.Observations.Select(observation => observation.Probe));
        Assert.Equal([RejectionReasons.Truncated], recorder.Reasons);
        Assert.Equal("connection reset", summary.Incomplete);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_result_of_hundreds_of_megabytes_is_left_out_without_being_kept(bool inArray)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var recorder = new Counter();
        var summary = ResultReader.Read(new Long(200_000_000, inArray), recorder);
        Assert.Equal((2, 1), (recorder.Observations, recorder.Reasons.Count));
        Assert.Equal(RejectionReasons.TooLong, recorder.Reasons[0]);
        Assert.Null(summary.Incomplete);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
    }

    [Fact]
    public void The_longest_result_is_a_matter_of_settings()
    {
        var padded = Three[1].Replace("\"type\"", "\"pad\":\"" + new string('x', 3000) + "\",\"type\"", StringComparison.Ordinal);
        foreach (var text in new[] { $"{Three[0]}\n{padded}\n{Three[2]}\n", $"[{Three[0]},{padded},{Three[2]}]", $"{Three[0]}\n{Three[2]}\n{padded}" })
        {
            var recorder = new Recorder();
            var decoder = new ResultDecoder();
            using var splitter = new ResultSplitter(new MemoryStream(Encoding.UTF8.GetBytes(text)), maximumLength: 1000);
            while (splitter.Next() is { } block)
            {
                using (block)
                {
                    block.Decode(decoder, recorder);
                }
            }

            Assert.Equal([1, 3], recorder.Observations.Select(observation => observation.Probe));
            Assert.Equal([RejectionReasons.TooLong], recorder.Reasons);
        }
    }

    [Fact]
    public void Any_bytes_at_all_are_read_to_their_end()
    {
        var random = new Random(11);
        var alphabet = "{}[]\",:\\ \n\r1a"u8.ToArray();
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(300)];
            foreach (ref var value in bytes.AsSpan())
            {
                value = random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            var at = random.Next(bytes.Length + 1);
            byte[] all = [.. bytes[..at], .. "\n"u8, .. Encoding.UTF8.GetBytes(Three[0]), .. "\n"u8, .. bytes[at..]];
            var recorder = new Recorder();
            var summary = ResultReader.Read(round % 2 == 0 ? new MemoryStream(all) : new Trickle(all), recorder);
            Assert.Equal(all.Length - (all.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) ? all.Length : 0), summary.Bytes);
            Assert.Equal(recorder.Results.Count, summary.Counts.Observations + summary.Counts.RejectedTotal);
        }
    }

    private static void AssertCut((Recorder Recorder, ReadSummary Summary) read, int whole, bool isCut, bool hasRest)
    {
        Assert.Equal(Enumerable.Range(1, whole), read.Recorder.Observations.Select(observation => observation.Probe));
        Assert.Equal(hasRest ? [RejectionReasons.Truncated] : [], read.Recorder.Reasons);
        Assert.Equal(isCut, read.Summary.Incomplete is not null);
    }

    private static (Recorder Recorder, ReadSummary Summary) Read(string text)
    {
        var recorder = new Recorder();
        return (recorder, ResultReader.Read(Encoding.UTF8.GetBytes(text), recorder));
    }

    private static string Ping(int probe, int salt = 0) =>
        $$"""{"msm_id":1,"prb_id":{{probe}},"timestamp":1750000000,"from":"\"\\{{salt}}[{","result":[{"rtt":1.5},{"x":"*"}],"type":"ping"}""";

    /// <summary>Indented as most programs do it, with line ends inside of nested lists too.</summary>
    private static string Indented(string result) => "  " + JsonSerializer
        .Serialize(JsonDocument.Parse(result).RootElement, IndentedWriting)
        .ReplaceLineEndings("\n  ");

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private sealed class Counter : IResultHandler
    {
        public int Observations { get; private set; }

        public List<string> Reasons { get; } = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => Observations++;

        public void Reject(string reason, ReadOnlySpan<byte> result) => Reasons.Add(reason);
    }

    /// <summary>One byte a read; breaks where it is told to.</summary>
    private sealed class Trickle(byte[] bytes, int breakAt = int.MaxValue) : Forward
    {
        private int at;

        protected override int Fill(Span<byte> buffer)
        {
            if (at == breakAt)
            {
                throw new IOException("connection reset");
            }

            if (at == bytes.Length || buffer.IsEmpty)
            {
                return 0;
            }

            buffer[0] = bytes[at++];
            return 1;
        }
    }

    /// <summary>A result, one that is so many bytes long, and a result.</summary>
    private sealed class Long(long length, bool inArray) : Forward
    {
        private readonly byte[] start = Encoding.UTF8.GetBytes($"{(inArray ? "[" : "")}{Three[0]}{(inArray ? "," : "\n")}{{\"pad\":[\"");
        private readonly byte[] end = Encoding.UTF8.GetBytes($"\"]}}{(inArray ? "," : "\n")}{Three[1]}{(inArray ? "]" : "")}");
        private long at;

        protected override int Fill(Span<byte> buffer)
        {
            if (at < start.Length)
            {
                return Part(start.AsSpan((int)at), buffer);
            }

            if (at < start.Length + length)
            {
                var count = (int)Math.Min(buffer.Length, start.Length + length - at);
                buffer[..count].Fill((byte)'x');
                at += count;
                return count;
            }

            return Part(end.AsSpan((int)(at - start.Length - length)), buffer);
        }

        private int Part(ReadOnlySpan<byte> from, Span<byte> to)
        {
            var count = Math.Min(from.Length, to.Length);
            from[..count].CopyTo(to);
            at += count;
            return count;
        }
    }

    private abstract class Forward : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Fill(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => Fill(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Fill(buffer.Span));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected abstract int Fill(Span<byte> buffer);
    }
}
