using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using AngleSharp.Html.Parser;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Reports.Weekly;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Weekly;

/// <summary>A week in which a Dutch network moved from Apeldoorn to Johannesburg, another one fell silent, and a box said something rude.</summary>
public sealed class WeeklyReportTests
{
    private const string Rude = "<script>alert('x')</script>=cmd|' /C calc'!A0";

    private static readonly IsoWeek Week = new(2026, 46);
    private static readonly Pop Spare = new("SYD/1", new GeoPoint(-33.9, 151.2)) { City = "Sydney", Country = "AU" };

    private static readonly Target ServiceA = new("ns-a") { Pops = [World.Apeldoorn, World.Johannesburg, Spare] };
    private static readonly Target ServiceB = new("ns-b") { Pops = [World.Apeldoorn] };

    [Fact]
    public void The_manager_reads_three_sentences_that_hold_the_weeks_numbers()
    {
        var report = Report();
        Assert.Equal(
            [
                "75.0 % of the paths from probes to 2 targets take under 200 ms, the slowest of them ns-a over IPv4 with a median of 140 ms.",
                "Since 2026-W45 37.5 % of those paths moved to another PoP, the largest stream from APE to JNB (3); one country has another dominant PoP.",
                "One network is served on another continent, worst AS64500, NL by JNB instead of APE, 8,950 km farther; one network gets no answer at all, first AS64501, NL on ns-a IPv4, although it reaches ns-b.",
            ],
            report.Sentences);
    }

    [Fact]
    public void A_week_without_one_before_says_so_and_changes_nothing()
    {
        var report = WeeklyReportBuilder.Build(Week, WeekView.Of([(Now(ServiceA), null)]), (_, _) => null);
        Assert.Null(report.ComparedWith);
        Assert.Null(report.Targets[0].Change);
        Assert.Equal("There is no earlier week to compare with.", report.Sentences[1]);
    }

    [Fact]
    public void Pops_in_service_are_listed_even_when_nobody_uses_them()
    {
        var pops = Report().Targets[0].Pops;
        Assert.Equal(["APE", "JNB", "SYD/1"], pops.Select(pop => pop.Pop).Order(StringComparer.Ordinal));
        var unused = pops.Single(pop => pop.Pop == "SYD/1");
        Assert.Equal(0, unused.Probes);
        Assert.Null(unused.RttMs);
    }

    [Fact]
    public void Each_map_has_a_file_name_that_is_safe_whatever_the_operator_calls_a_pop()
    {
        var files = Report().Targets.SelectMany(target => target.Maps).ToList();
        Assert.Contains(files, map => map.Png == "maps/ns-a-ipv4-rtt-03-syd_1.png");
        Assert.Equal(files.Count, files.Select(map => map.Png).Distinct().Count());
        Assert.Equal(["catchment", "dominant", "change", "detours", "black-holes", "rtt", "rtt", "rtt"], Report().Targets[0].Maps.Select(map => map.Kind));
    }

    [Fact]
    public async Task What_a_server_said_reaches_the_page_as_text_and_never_as_markup()
    {
        var page = new HtmlParser().ParseDocument(await ReportRenderer.PageAsync(Report()));
        Assert.Contains(page.QuerySelectorAll("code"), code => code.TextContent == Rude);
        Assert.Single(page.QuerySelectorAll("script"));
    }

    [Fact]
    public async Task The_page_needs_nothing_from_the_network_and_is_whole_without_script()
    {
        var html = await ReportRenderer.PageAsync(Report());
        var page = new HtmlParser().ParseDocument(html);
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", string.Concat(page.QuerySelectorAll("[src],[href]").Select(element => element.GetAttribute("src") ?? element.GetAttribute("href"))), StringComparison.Ordinal);
        Assert.All(page.QuerySelectorAll("img"), image => Assert.NotEqual("", image.GetAttribute("alt")));
        Assert.All(page.QuerySelectorAll("nav a"), link => Assert.NotNull(page.GetElementById(link.GetAttribute("href")![1..])));
        Assert.Equal(3, page.QuerySelectorAll(".summary p").Length);
        Assert.All(page.QuerySelectorAll("table.sortable tr"), row => Assert.True(row.Children.Length >= 3));
    }

    [Fact]
    public async Task A_report_replaces_an_earlier_one_whole_and_the_index_lists_the_weeks_latest_first()
    {
        var root = Directory.CreateTempSubdirectory("reports").FullName;
        try
        {
            var folder = new ReportFolder(root);
            await folder.WriteAsync(Report(), path => File.WriteAllText(Path.Combine(path, "maps", "old.png"), "x"));
            var page = await folder.WriteAsync(Report(), _ => { });
            await folder.WriteAsync(Report() with { Week = "2026-W45" }, _ => { });
            Assert.True(File.Exists(page));
            Assert.False(File.Exists(Path.Combine(root, "2026-W46", "maps", "old.png")));
            var index = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(Path.Combine(root, "index.html")));
            Assert.Equal(["2026-W46", "2026-W45"], index.QuerySelectorAll("h2 a").Select(link => link.TextContent));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static WeeklyReport Report() =>
        WeeklyReportBuilder.Build(
            Week,
            WeekView.Of([(Now(ServiceA), Comparison.Of(Before(ServiceA), Now(ServiceA))), (Calm(ServiceB, Week), Comparison.Of(Calm(ServiceB, Week.Previous), Calm(ServiceB, Week)))]),
            (_, unknown) => unknown.Identity == Rude ? null : "x");

    // Probes 1 to 3 were served by Apeldoorn and are by Johannesburg; 4 and 5 (another network) got no answer at all.
    private static Catchment Before(Target target) => new(target, 4, Window.Of(Week.Previous))
    {
        Probes = [Probe(1, 64500, World.Apeldoorn, 20), Probe(2, 64500, World.Apeldoorn, 20), Probe(3, 64500, World.Apeldoorn, 20), Probe(4, 64501, null, null), Probe(5, 64501, null, null)],
    };

    private static Catchment Now(Target target) => new(target, 4, Window.Of(Week))
    {
        Probes = [Probe(1, 64500, World.Johannesburg, 140), Probe(2, 64500, World.Johannesburg, 130), Probe(3, 64500, World.Johannesburg, 240), Probe(4, 64501, null, null), Probe(5, 64501, null, null)],
        UnknownIdentities = [new UnknownIdentity(Rude, "id.server", 3, 1)],
    };

    private static Catchment Calm(Target target, IsoWeek week) => new(target, 4, Window.Of(week))
    {
        Probes = [Probe(1, 64500, World.Apeldoorn, 20), Probe(2, 64500, World.Apeldoorn, 20), Probe(4, 64501, World.Apeldoorn, 250), Probe(5, 64501, World.Apeldoorn, 20), Probe(6, 64502, World.Apeldoorn, 20)],
    };

    private static ProbeCatchment Probe(int id, uint asn, Pop? pop, double? rttMs) => new(id)
    {
        Probe = new Probe(id) { Country = "NL", Position = new GeoPoint(52.37, 4.9) },
        Asn = asn,
        Answered = pop is not null,
        Pop = pop,
        Stays = pop is null ? [] : [new Stay(pop.Code, 0, 1, 5)],
        DistanceKm = pop is null ? null : GreatCircle.DistanceKm(new GeoPoint(52.37, 4.9), pop.Position),
        RttMs = rttMs is { } rtt ? new Analyzer.Catchments.Quantiles(rtt, rtt, rtt) : null,
    };
}
