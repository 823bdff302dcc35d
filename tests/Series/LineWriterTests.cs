using System.Text;
using Analyzer.Hours;
using App.Series;
using CsCheck;
using Xunit;

namespace Tests.Series;

public sealed class LineWriterTests : IDisposable
{
    private readonly PooledBuffer buffer = new(16);

    public void Dispose() => buffer.Dispose();

    [Fact]
    public void A_point_is_measurement_tags_fields_and_nanoseconds()
    {
        Writer().Begin("probe_rtt"u8).Tag("target"u8, "ns-a").Tag("family"u8, "4").Field("probe"u8, 6001).Field("rtt_ms"u8, 12.5).End(1_790_000_000_000_006_001);
        Assert.Equal("probe_rtt,target=ns-a,family=4 probe=6001i,rtt_ms=12.5 1790000000000006001\n", Text());
    }

    [Fact]
    public void Separators_in_a_tag_are_escaped_and_in_a_text_quotes_and_backslashes_are()
    {
        Writer().Begin("finding"u8).Tag("pop"u8, "a b,c=d\\e").Field("text"u8, "say \"no\\yes\", a=b").End(1);
        Assert.Equal("finding,pop=a\\ b\\,c\\=d\\e text=\"say \\\"no\\\\yes\\\", a=b\" 1\n", Text());
    }

    [Theory]
    [InlineData("APE\\", "APE")]
    [InlineData("\\\\", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("\r\n", null)]
    [InlineData("A\nB", "AB")]
    public void A_tag_that_the_server_would_refuse_is_mended_or_left_out(string? value, string? expected)
    {
        Writer().Begin("m"u8).Tag("pop"u8, value).Field("n"u8, 1).End(1);
        Assert.Equal(expected, LineParser.Parse(buffer.Written.Span)[0].Tags.Select(tag => tag.Value).SingleOrDefault());
    }

    [Fact]
    public void A_number_that_is_none_is_left_out_and_a_point_without_fields_is_not_written()
    {
        var writer = Writer();
        writer.Begin("m"u8).Tag("pop"u8, "APE").Field("a"u8, double.NaN).Field("b"u8, double.PositiveInfinity).Field("c"u8, (string?)null).End(1);
        writer.Begin("m"u8).Field("a"u8, double.NegativeInfinity).Field("b"u8, 2.0).End(1);
        Assert.Equal("m b=2 1\n", Text());
        Assert.Equal(1, writer.Points);
    }

    [Fact]
    public void Texts_are_cut_between_characters()
    {
        Writer().Begin("m"u8).Tag("t"u8, new string('é', 300)).Field("f"u8, string.Concat(Enumerable.Repeat("😀", 2000))).End(1);
        var point = LineParser.Parse(buffer.Written.Span)[0];
        Assert.Equal(new string('é', LineWriter.LongestTag / 2), point.Tags[0].Value);
        Assert.Equal(LineWriter.LongestText / 4, point.Fields["f"].ToString()!.EnumerateRunes().Count());
    }

    /// <summary>Identities, error texts and names are anybody's: whatever they are, the line reads back as they were meant.</summary>
    [Fact]
    public void Whatever_the_texts_are_the_line_reads_back() => Gen.Select(Odd, Odd, Gen.Long, Finite, Gen.Long[0, long.MaxValue]).Array[1, 20].Sample(
        points =>
        {
            using var written = new PooledBuffer(16);
            var writer = new LineWriter(written);
            foreach (var (tag, field, count, number, at) in points)
            {
                writer.Begin("m"u8).Tag("t"u8, tag).Tag("u"u8, "end").Field("f"u8, field).Field("i"u8, count).Field("x"u8, number).End(at);
            }

            var read = LineParser.Parse(written.Written.Span);
            Assert.Equal(points.Length, read.Count);
            foreach (var (point, (tag, field, count, number, at)) in read.Zip(points))
            {
                var kept = string.Concat(tag.EnumerateRunes().Where(rune => !IsControl(rune))).TrimEnd('\\');
                Assert.Equal(kept.Length > 0 ? ["t", "u"] : ["u"], point.Tags.Select(pair => pair.Key));
                Assert.Equal(kept.Length > 0 ? kept : "end", point.Tags[0].Value);
                Assert.Equal(string.Concat(field.EnumerateRunes().Select(rune => IsControl(rune) ? new Rune(' ') : rune)), point.Fields["f"]);
                Assert.Equal(count, point.Fields["i"]);
                Assert.Equal(number, point.Fields["x"]);
                Assert.Equal(at, point.At);
            }
        },
        iter: 1_000);

    private static readonly Gen<string> Odd = Gen.Char["\\\\,,==  \"\"\r\n\t\0#'€😀\u0085\u2028\ud800az09"].Array[0, 12].Select(characters => new string(characters));

    private static readonly Gen<double> Finite = Gen.Double.Select(number => double.IsFinite(number) ? number : 0.001);

    private static bool IsControl(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029;

    private LineWriter Writer() => new(buffer);

    private string Text() => Encoding.UTF8.GetString(buffer.Written.Span);
}
