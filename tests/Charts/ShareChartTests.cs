using System.Xml.Linq;
using Reports.Canvas;
using Reports.Charts;
using Tests.Canvas;
using Xunit;

namespace Tests.Charts;

public sealed class ShareChartTests
{
    private static readonly Lazy<PngReader> Three = new(() => PngReader.Read(ShareChart.Of(Hours.Three()).ToPng()));

    [Fact]
    public void Areas_have_the_colours_of_the_maps_the_largest_lowest()
    {
        Assert.Equal((0x24, 0x68, 0xb2), At(20.5, 0.1));
        Assert.Equal((0xe4, 0x57, 0x2e), At(20.5, 0.6));
        Assert.Equal((0x2a, 0x9d, 0x5c), At(20.5, 0.97));
    }

    [Fact]
    public void Hours_without_data_are_white()
    {
        Assert.Equal((0x24, 0x68, 0xb2), At(29.5, 0.1));
        Assert.All([30.5, 32.5, 35.5], hour => Assert.Equal((255, 255, 255), At(hour, 0.1)));
        Assert.Equal((0x24, 0x68, 0xb2), At(36.5, 0.1));
    }

    [Fact]
    public void Hours_with_few_probes_are_pale()
    {
        var (r, g, b) = At(50.5, 0.1);
        var pale = Colour.Hex("#2468b2").Mix(new Colour(255, 255, 255), 0.7);
        Assert.Equal((pale.R, pale.G, pale.B), ((byte)r, (byte)g, (byte)b));
        Assert.Contains("pale: fewer than 10 probes", ShareChart.Of(Hours.Three()).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_hold_the_numbers()
    {
        // FMT has 40 to 44 probes and 4 of 6, APE 30 to 35 and 1, JNB none before noon, then 20 to 26, and 1.
        var hours = Hours.Three();
        var text = ShareChart.Of(hours).Text;
        Assert.StartsWith(
            $"Share of the probes that reached a PoP, on average over the hours: FMT {Mean(0):0 %}, APE {Mean(1):0 %}, JNB {Mean(2):0 %}. JNB moved most: 0 % on Mon 9 at 00:00, ",
            text, StringComparison.Ordinal);
        Assert.EndsWith("6 of 72 hours have no data. 6 hours have fewer than 10 probes.", text, StringComparison.Ordinal);

        double Mean(int pop) => Enumerable.Range(0, 72).Where(hour => hours.Attributed[hour] > 0).Average(hour => (double)hours.Pops[pop].Hours[hour].Probes / hours.Attributed[hour]);
    }

    [Fact]
    public void Of_sixty_pops_the_largest_have_names_and_the_rest_is_one()
    {
        var picture = ShareChart.Of(Hours.Many(60));
        var texts = XElement.Parse(picture.ToSvg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToList();
        Assert.Equal([.. Enumerable.Range(1, 11).Select(pop => FormattableString.Invariant($"P{pop:00}"))], texts.Where(text => text.StartsWith('P')).Select(text => text[..3]).Order(StringComparer.Ordinal));
        Assert.Single(texts, text => text.StartsWith("49 others ", StringComparison.Ordinal));
        Assert.Contains("49 others together", picture.Text, StringComparison.Ordinal);
        Assert.True(picture.ToSvg().Length < 150_000);
    }

    [Fact]
    public void A_chart_is_what_it_was() => GoldenChart.Check("share", ShareChart.Of(Hours.Three()));

    /// <summary>The pixel of an hour and a share, inside the frame.</summary>
    private static (int R, int G, int B) At(double hour, double share)
    {
        // Of 1,100 by 430 points the frame holds 64 to 934 and 68 to 400.
        const double Scale = 1600.0 / 1100;
        var (r, g, b) = Three.Value.At((int)((64 + (hour / 72 * 870)) * Scale), (int)((400 - (share * 332)) * Scale));
        return (r, g, b);
    }
}
