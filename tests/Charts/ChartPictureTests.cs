using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Reports.Charts;
using Tests.Canvas;
using Xunit;

namespace Tests.Charts;

/// <summary>What all charts must hold to, whatever they show.</summary>
public sealed class ChartPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Kinds => ["share", "rtt"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Text_is_there_bold_and_regular(string kind)
    {
        var picture = Draw(kind, Hours.Three());
        var image = PngReader.Read(picture.ToPng());
        var scale = (double)image.Width / picture.Width;
        Assert.InRange(Ink(image, scale, 16, 12, 250, 20), 300, 20_000);
        Assert.InRange(Ink(image, scale, 16, 36, 400, 18), 300, 20_000);
        Assert.InRange(Ink(image, scale, 2, 60, 58, picture.Height - 90), 100, 20_000);
        Assert.InRange(Ink(image, scale, 64, picture.Height - 28, 870, 24), 100, 20_000);
        Assert.InRange(Ink(image, scale, 970, 60, 120, 90), 100, 20_000);

        var texts = XElement.Parse(picture.ToSvg()).Descendants(Svg + "text").ToList();
        Assert.Contains(texts, text => text.Value == picture.Title && (string?)text.Attribute("font-weight") == "600");
        Assert.Equal(["Mon 9", "Tue 10", "Wed 11"], texts.Select(text => text.Value).Where(text => text.StartsWith("Mon", StringComparison.Ordinal) || text.StartsWith("Tue", StringComparison.Ordinal) || text.StartsWith("Wed", StringComparison.Ordinal)).Distinct());
        Assert.All(["FMT", "APE", "JNB"], pop => Assert.Contains(texts, text => text.Value.StartsWith(pop + " ", StringComparison.Ordinal)));

        // Once each: what is drawn twice is darker, and heard twice.
        Assert.Single(texts, text => text.Value.StartsWith("FMT ", StringComparison.Ordinal));
        Assert.Equal(kind == "share" ? 1 : 2, texts.Count(text => text.Value == "Mon 9"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_hours_give_the_same_bytes_again_and_in_many_threads(string kind)
    {
        var (png, svg) = (Draw(kind, Hours.Three()).ToPng(), Draw(kind, Hours.Three()).ToSvg("a-"));
        var others = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(4).Select(turn =>
        {
            // Another chart in between, so that the counter of the process goes on.
            _ = Draw(turn % 2 == 0 ? "share" : "rtt", Hours.Three()).ToSvg();
            return (Png: Draw(kind, Hours.Three()).ToPng(), Svg: Draw(kind, Hours.Three()).ToSvg("a-"));
        }).ToList();
        Assert.All(others, other =>
        {
            Assert.Equal(svg, other.Svg);
            Assert.True(png.AsSpan().SequenceEqual(other.Png));
        });
    }

    [Fact]
    public void Charts_of_one_page_share_no_id_and_each_says_in_words_what_it_shows()
    {
        var charts = new[] { "share", "rtt" }.Select(kind => XElement.Parse(Draw(kind, Hours.Three()).ToSvg($"ns-a-ipv4-{kind}-"))).ToList();
        var ids = charts.SelectMany(chart => chart.DescendantsAndSelf().Attributes("id")).Select(id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(charts, chart =>
        {
            var own = chart.Descendants().Attributes("id").Select(id => id.Value).ToHashSet();
            Assert.All(chart.Descendants().Attributes("clip-path"), used => Assert.Contains(used.Value["url(#".Length..^1], own));
            Assert.All(chart.Descendants(Svg + "text"), text => Assert.Empty(text.AncestorsAndSelf().Attributes("clip-path")));
            Assert.All(((string)chart.Attribute("aria-labelledby")!).Split(' '), id => Assert.Contains(id, own));
            Assert.Equal("img", (string?)chart.Attribute("role"));
            Assert.Contains("FMT", chart.Element(Svg + "desc")!.Value, StringComparison.Ordinal);

            // Pages allow no inline style.
            Assert.Empty(chart.DescendantsAndSelf().Attributes("style"));
            Assert.Empty(chart.Descendants(Svg + "style"));
        });
    }

    [Fact]
    public void Names_are_text_whatever_they_contain()
    {
        const string Rude = "<script>&\"\u0001\u202e";
        var hours = Hours.Of(24, [Rude, "OK"], (_, _) => 20) with { Name = Rude };
        foreach (var kind in new[] { "share", "rtt" })
        {
            var picture = Draw(kind, hours);
            var chart = XElement.Parse(picture.ToSvg());
            Assert.DoesNotContain(chart.Descendants(), element => element.Name.LocalName == "script");
            Assert.Contains(chart.Descendants(Svg + "text"), text => text.Value.StartsWith("<script>&\"", StringComparison.Ordinal));
            Assert.NotEmpty(picture.ToPng());
        }
    }

    [Fact]
    public void A_week_without_any_hour_is_drawn_empty_and_says_so()
    {
        var nothing = Hours.Of(168, ["FMT"], (_, _) => 0);
        Assert.Equal("In no hour did 3 probes or more reach a PoP.", Draw("share", nothing).Text);
        Assert.Equal("No PoP had 3 probes or more with a round-trip time in any hour.", Draw("rtt", nothing).Text);
        Assert.All(["share", "rtt"], kind => Assert.NotEmpty(Draw(kind, nothing).ToPng()));
    }

    [Fact]
    public void It_is_ScottPlot_that_draws()
    {
        using var stream = File.OpenRead(typeof(ChartPicture).Assembly.Location);
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        var called = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (Type: metadata.GetTypeReference((TypeReferenceHandle)member.Parent), Member: metadata.GetString(member.Name)))
            .Where(member => metadata.GetString(member.Type.Namespace) == "ScottPlot")
            .Select(member => $"{metadata.GetString(member.Type.Name)}.{member.Member}")
            .ToHashSet();
        Assert.Superset(new HashSet<string> { "Plot.Render", "PlottableAdder.Polygon", "PlottableAdder.ScatterLine", "Legend.Render" }, called);
        ChartFont.Use();
        Assert.IsType<ChartFont>(ScottPlot.Fonts.FontResolvers[0]);
    }

    internal static ChartPicture Draw(string kind, HourSeries hours) => kind == "share" ? ShareChart.Of(hours) : RttChart.Of(hours);

    /// <summary>Pixels of a part of the picture that are darker than paper, grid and frame.</summary>
    private static int Ink(PngReader image, double scale, int x, int y, int width, int height)
    {
        var count = 0;
        for (var row = (int)(y * scale); row < (int)((y + height) * scale); row++)
        {
            for (var column = (int)(x * scale); column < (int)((x + width) * scale); column++)
            {
                var at = ((row * image.Width) + column) * 3;
                count += image.Rgb[at] + image.Rgb[at + 1] + image.Rgb[at + 2] < 450 ? 1 : 0;
            }
        }

        return count;
    }
}
