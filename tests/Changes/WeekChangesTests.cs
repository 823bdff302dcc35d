using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Time;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Collector.Configuration;
using Collector.Network;
using Reports.Changes;
using Reports.Weekly;
using Simulator.Server;
using Tests.Store;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Changes;

/// <summary>Three weeks of twelve probes: at home, half of them in Johannesburg, at home again since a change of that week's Tuesday.</summary>
public sealed class WeekChangesTests : IDisposable
{
    private const string Rude = "Prepended\"><script>alert(1)</script>";

    private static readonly IsoWeek First = new(2026, 44);
    private static readonly IsoWeek Last = new(2026, 46);
    private static readonly Annotation Prepended = new(Last.Start.AddDays(1), "JNB", Rude);

    private readonly TemporaryFolder folder = new();
    private readonly World world = new() { Window = Window.Of(First) };

    public WeekChangesTests()
    {
        for (var probe = 1; probe <= 12; probe++)
        {
            world.Place(probe, asn: (uint)probe);
            world.Asks(probe, new string('A', 168) + new string(probe <= 6 ? 'J' : 'A', 168 + 24) + new string('A', 168 - 24), rttMs: 100);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_first_screen_says_that_the_routing_has_been_seen_before_and_what_became_of_the_change()
    {
        var summary = Page(Report(Last)).QuerySelector(".summary")!;
        Assert.Contains(
            summary.QuerySelectorAll("p"), sentence => sentence.TextContent == "We have seen this routing before: service over IPv4 is routed as in 2026-W44 (similarity 100.0 %).");
        Assert.Contains(
            summary.QuerySelectorAll("p"), sentence => sentence.TextContent == $"Your change at JNB on 2026-11-10 ({Rude}): as intended.");
    }

    [Fact]
    public void A_week_like_the_one_before_and_a_new_one_are_no_news_of_a_return()
    {
        Assert.Equal(["new"], Report(First.Next).Routing.Select(one => one.Week.News));
        Assert.Empty(Page(Report(First.Next)).QuerySelector(".summary")!.QuerySelectorAll("p"));
        Assert.Equal("There is no week before it to hold the routing against.", Report(First).Routing[0].Week.Text);
    }

    [Fact]
    public void The_sections_show_modes_as_strips_and_the_change_as_numbers_and_maps()
    {
        var report = Report(Last);
        var page = Page(report);
        var strips = page.QuerySelectorAll("#routing svg.strip");
        Assert.Equal(["1", "2", "1"], strips[0].QuerySelectorAll("text").Take(3).Select(label => label.TextContent));
        Assert.Contains(strips[1].QuerySelectorAll("title"), title => title.TextContent == "2026-11-02 to 2026-11-09: mode 2");
        Assert.Equal(2, page.QuerySelectorAll("#routing svg.heat").Length);
        var change = page.QuerySelector("#changes")!;
        Assert.Equal("6 → 0", change.QuerySelector("td:nth-child(3)")!.TextContent);
        Assert.Equal("maps/service-ipv4-before-after-01.png", change.QuerySelector("img")!.GetAttribute("src"));
        Assert.Empty(page.QuerySelectorAll("[style]"));
        Assert.Single(page.QuerySelectorAll("script"));
    }

    [Fact]
    public async Task The_maps_of_before_and_after_are_drawn_into_the_report()
    {
        var reports = new ReportFolder(folder["reports"]);
        var network = Network(Prepended);
        var page = await new WeeklyReporter(new WeekReader(world.Store, network), network, reports, Reader(Prepended)).WriteAsync(Last);
        var written = ReportJson(await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(page)!, "report.json")));
        var map = Assert.Single(Assert.Single(written!.Annotations).Services).Map!;
        var png = await File.ReadAllBytesAsync(Path.Combine(Path.GetDirectoryName(page)!, map.Png));
        Assert.Equal("\u0089PNG", string.Concat(png[..4].Select(letter => (char)letter)));
        var svg = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(page)!, map.Svg));
        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        Assert.Equal("returned", Assert.Single(written.Routing).Week.News);
    }

    [Fact]
    public void A_change_of_last_weeks_end_is_told_with_the_week_that_decided_it()
    {
        var late = Prepended with { At = Last.Start.AddHours(-20) };
        Assert.Equal([late.At.ToUnixTimeSeconds()], Report(Last, late).Annotations.Select(change => change.At));
        Assert.Empty(Report(Last, Prepended with { At = Last.Start.AddHours(-50) }).Annotations);
        Assert.Empty(Report(First, Prepended).Annotations);
    }

    private WeeklyReport Report(IsoWeek week, Annotation? change = null)
    {
        var catchment = new CatchmentReader(world.Store).Read(World.Named, 4, Window.Of(week));
        var changes = Reader(change ?? Prepended).Read(week, [catchment]);
        return new WeeklyReport(week.ToString(), week.Start.ToUnixTimeSeconds(), week.End.ToUnixTimeSeconds(), null, [], [])
        {
            Routing = changes.Routing,
            Annotations = changes.Annotations,
        };
    }

    private static WeeklyReport? ReportJson(string text)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        return new WeeklyReport("", 0, 0, null, [], [])
        {
            Routing = root.GetProperty("routing").Deserialize<RoutingReport[]>(json)!,
            Annotations = root.GetProperty("annotations").Deserialize<AnnotationReport[]>(json)!,
        };
    }

    private static AnycastNetwork Network(Annotation change) => new([World.Named], World.Named.Pops) { Annotations = [change] };

    private WeekChangeReader Reader(Annotation change) => new(world.Store, Network(change), new ComparisonOptions(), folder["routing"], new SimulatorClock(Last.End));

    private static IDocument Page(WeeklyReport report) => new HtmlParser().ParseDocument(ReportRenderer.PageAsync(report).GetAwaiter().GetResult());
}
