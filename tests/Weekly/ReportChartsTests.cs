using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Hours;
using Analyzer.Time;
using AngleSharp.Html.Parser;
using Collector.Network;
using Reports.Weekly;
using Tests.Series;
using Tests.Store;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Weekly;

/// <summary>The charts of the weekly report, from what is in the store to the page.</summary>
public sealed class ReportChartsTests
{
    private static readonly IsoWeek Week = new(2026, 46);
    private static readonly AnycastNetwork Network = new([World.Named], World.Named.Pops);

    [Fact]
    public async Task Hours_added_up_while_the_week_is_read_are_those_that_a_reading_of_their_own_finds()
    {
        using var simulated = new SimulatedWeek();
        await simulated.ArriveAsync(SimulatedWeek.End.AddDays(2));
        var week = IsoWeek.Of(SimulatedWeek.Start);
        var read = await new WeekReader(simulated.Store, simulated.Network).ReadWithHoursAsync(week);
        foreach (var family in new[] { 4, 6 })
        {
            var table = new HourReader(simulated.Store, new CatchmentReader(simulated.Store)).Read(simulated.Target, family, Window.Of(week), keepRtts: false);
            var expected = Enumerable.Range(0, 168).Select(hour => HourRollup.Of(table, hour, simulated.Target, isWhole: false, isWeighted: false)).ToList();
            var found = read.Hours![(simulated.Target.Name, family)];
            Assert.Equal(168, found.Count);

            // Pings at the ends of the week know of no rounds beyond them.
            for (var hour = 4; hour < 164; hour++)
            {
                Assert.Equal((expected[hour].Hour, expected[hour].Asked, expected[hour].Attributed), (found[hour].Hour, found[hour].Asked, found[hour].Attributed));
                Assert.Equal(expected[hour].Pops, found[hour].Pops);
            }

            Assert.True(found.Sum(hour => hour.Attributed) > 1000);
        }
    }

    [Fact]
    public async Task The_page_holds_the_charts_and_the_folder_both_pictures_of_each()
    {
        using var folder = new TemporaryFolder();
        var world = new World();
        for (var probe = 1; probe <= 12; probe++)
        {
            world.Place(probe, asn: 64500u);
            world.Asks(probe, new string(probe <= 8 ? 'A' : 'J', 168), rttMs: probe <= 8 ? 20 : 190);
        }

        var page = (await new WeeklyReporter(new WeekReader(world.Store, Network), Network, new ReportFolder(folder["reports"])).WriteAsync(Week))!;
        var week = Path.GetDirectoryName(page)!;
        var document = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(page));
        var charts = document.QuerySelectorAll("figure svg.chart");
        Assert.Equal(2, charts.Length);
        Assert.All(charts, chart => Assert.StartsWith("service · IPv4", chart.QuerySelector("title")!.TextContent, StringComparison.Ordinal));

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(week, "report.json")));
        var told = json.RootElement.GetProperty("targets")[0].GetProperty("charts").EnumerateArray().ToList();
        Assert.Equal(["share", "rtt"], told.Select(chart => chart.GetProperty("kind").GetString()));
        Assert.Contains("APE 67 %, JNB 33 %", told[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("APE 20 ms and 20 ms", told[1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.All(told, chart =>
        {
            Assert.True(File.Exists(Path.Combine(week, chart.GetProperty("png").GetString()!)));
            Assert.StartsWith("<svg ", File.ReadAllText(Path.Combine(week, chart.GetProperty("svg").GetString()!)), StringComparison.Ordinal);
        });
        Assert.Equal(4, Directory.GetFiles(Path.Combine(week, "charts")).Length);

        // A PoP has the colour here that it has on the map.
        var map = await File.ReadAllTextAsync(Path.Combine(week, "maps", "service-ipv4-catchment.svg"));
        var read = await new WeekReader(world.Store, Network).ReadWithHoursAsync(Week);
        Assert.All(ReportCharts.SeriesOf(WeekView.Of(read, null)[0]).Pops.Where(pop => pop.Probes > 0), pop =>
        {
            Assert.Contains(pop.Colour.ToHex(), map, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(pop.Colour.ToHex(), charts[0].OuterHtml, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Hours_are_added_up_only_for_the_week_that_is_reported()
    {
        var world = new World();
        world.Place(1);
        world.Asks(1, new string('A', 168));
        var weeks = new WeekReader(world.Store, Network);
        Assert.Null((await weeks.ReadAsync(Week)).Hours);
        var read = await weeks.ReadWithHoursAsync(Week);
        Assert.Equal(168, Assert.Single(read.Hours!, hours => hours.Value.Any(hour => hour.Asked > 0)).Value.Count);
        Assert.Same(read, await weeks.ReadAsync(Week));
        Assert.Equal(168 * 1L, ReportCharts.SeriesOf(WeekView.Of(read, null)[0]).Pops.Sum(pop => pop.Probes));
    }
}
