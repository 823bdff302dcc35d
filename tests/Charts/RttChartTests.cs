using System.Xml.Linq;
using Reports.Charts;
using Xunit;

namespace Tests.Charts;

public sealed class RttChartTests
{
    [Fact]
    public void A_line_ends_where_nothing_was_measured_and_never_goes_through_zero()
    {
        // Measured, measured, nothing, alone, nothing, measured, measured, measured.
        PopHour[] hours = [Of(20, 30), Of(20, 31), default, Of(20, 40), default, Of(20, 33), Of(20, 34), Of(20, 35)];
        var lines = RttChart.Lines(hours, hour => hour.P50Ms).ToList();
        Assert.Equal(
            ["0.5:30 1.5:31", "3:40 4:40", "5.5:33 6.5:34 7.5:35"],
            lines.Select(line => string.Join(' ', line.Points.Select(point => FormattableString.Invariant($"{point.X}:{point.Y}")))));
        Assert.All(lines, line => Assert.True(line.IsCertain));
    }

    [Fact]
    public void Hours_with_few_probes_are_told_apart_and_those_with_hardly_any_are_no_data()
    {
        PopHour[] hours = [Of(20, 30), Of(20, 31), Of(9, 32), Of(20, 33), Of(20, 34), Of(2, 900), Of(20, 35), Of(20, 36)];
        Assert.Equal(
            ["True 0.5 1.5", "False 1.5 2.5 3.5", "True 3.5 4.5", "True 6.5 7.5"],
            RttChart.Lines(hours, hour => hour.P50Ms).Select(line => FormattableString.Invariant($"{line.IsCertain} ") + string.Join(' ', line.Points.Select(point => FormattableString.Invariant($"{point.X}")))));
    }

    [Fact]
    public void Both_panels_are_there_and_the_words_hold_the_numbers()
    {
        var picture = RttChart.Of(Hours.Three());
        var texts = XElement.Parse(picture.ToSvg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToList();
        Assert.Contains("Median (p50)", texts);
        Assert.Contains("One in ten is slower (p90)", texts);

        // Medians of FMT are 20 to 25 turn about, p90s 45 to 75 in steps of three; APE and JNB lie 30 and 50 above one another. Of APE and JNB
        // one probe is left on Wednesday morning, which is too few.
        Assert.StartsWith("Round-trip times in the middle hour of the period, median and p90: FMT 22 ms and 60 ms, APE 52 ms and 107 ms, JNB 82 ms and 157 ms.", picture.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wild_hour_does_not_squeeze_the_others_and_is_told()
    {
        var calm = Hours.Three();
        var wild = calm with { Pops = [calm.Pops[0] with { Hours = [new PopHour(40, 9000, 9500), .. calm.Pops[0].Hours.Skip(1)] }, .. calm.Pops.Skip(1)] };
        var texts = XElement.Parse(RttChart.Of(wild).ToSvg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToList();
        Assert.Contains(texts, text => text.Contains("some hours are off the scale", StringComparison.Ordinal));
        Assert.DoesNotContain("2000 ms", texts);
        Assert.DoesNotContain("off the scale", RttChart.Of(calm).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_sixty_pops_the_largest_have_lines_and_the_rest_is_a_band()
    {
        var picture = RttChart.Of(Hours.Many(60));
        var svg = picture.ToSvg();
        Assert.Contains(">49 others, range<", svg, StringComparison.Ordinal);
        Assert.True(svg.Length < 250_000, $"{svg.Length}");
    }

    [Fact]
    public void A_chart_is_what_it_was() => GoldenChart.Check("rtt", RttChart.Of(Hours.Three()));

    private static PopHour Of(int probes, double ms) => new(probes, ms, ms * 2);
}
