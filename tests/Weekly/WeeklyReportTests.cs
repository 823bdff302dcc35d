using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using AngleSharp.Html.Parser;
using App.Cli;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Reports.Weekly;
using Reports.Words;
using Tests.Store;
using Xunit;
using UnknownIdentity = Analyzer.Catchments.UnknownIdentity;
using World = Tests.Catchments.World;

namespace Tests.Weekly;

/// <summary>A week in which a Dutch network moved from Apeldoorn to Johannesburg, another one fell silent, and a box said something rude.</summary>
public sealed class WeeklyReportTests
{
    private const string Rude = "<script>alert('x')</script>=cmd|' /C calc'!A0";

    private static readonly IsoWeek Week = new(2026, 46);
    private static readonly Dictionary<string, string> NoCharts = [];
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
                "Since 2026-W45 37.5 % of those paths moved to another PoP, the largest stream from APE to JNB (3); one country has another dominant PoP; one problem is new and one is over.",
                "One network reaches others but not us, AS64501 in the Netherlands on ns-a IPv4 for 7 days; APE (Apeldoorn) answered nobody for 6 h and JNB took most of its clients; one network is served on another continent, worst AS64500 in the Netherlands by JNB instead of APE, 8,950 km farther.",
            ],
            report.Sentences);
    }

    [Fact]
    public void A_week_without_one_before_says_so_and_changes_nothing()
    {
        var now = new ReadWeek(Week, [Now(ServiceA)], [], [], false);
        var report = WeeklyReportBuilder.Build(now, null, WeekView.Of(now, null), (_, _) => null);
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
            await folder.WriteAsync(Report(), path =>
            {
                File.WriteAllText(Path.Combine(path, "maps", "old.png"), "x");
                return NoCharts;
            });
            var page = await folder.WriteAsync(Report(), _ => NoCharts);
            await folder.WriteAsync(Report() with { Week = "2026-W45" }, _ => NoCharts);
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

    [Fact]
    public async Task A_report_that_cannot_be_written_leaves_the_earlier_one_and_nothing_half_written()
    {
        using var root = new TemporaryFolder();
        var folder = new ReportFolder(root.Root);
        var page = await folder.WriteAsync(Report(), _ => NoCharts);
        var before = await File.ReadAllTextAsync(page);

        // As parallel writers bring it.
        var full = await Assert.ThrowsAsync<IOException>(() => folder.WriteAsync(Report(), path =>
        {
            File.WriteAllText(Path.Combine(path, "maps", "half.png"), "x");
            throw new AggregateException(new IOException("No space left on device"), new IOException("No space left on device"));
        }));
        Assert.Equal($"the report of 2026-W46 could not be written to {root.Root}: No space left on device", full.Message);

        // The new folder is taken away in the middle.
        await Assert.ThrowsAsync<IOException>(() => folder.WriteAsync(Report(), path =>
        {
            Directory.Delete(path, recursive: true);
            return NoCharts;
        }));
        Assert.Equal(before, await File.ReadAllTextAsync(page));
        Assert.Equal(["2026-W46", "index.html"], Directory.EnumerateFileSystemEntries(root.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleaned_up_and_the_report_that_it_was_replacing_comes_back()
    {
        using var root = new TemporaryFolder();
        var folder = new ReportFolder(root.Root);
        await folder.WriteAsync(Report(), _ => NoCharts);

        // Killed between the two moves of another week, and while it wrote this one.
        Directory.Move(root["2026-W46"], root["2026-W46.old"]);
        Directory.CreateDirectory(root["2026-W45.new/maps"]);
        await folder.WriteAsync(Report() with { Week = "2026-W45" }, _ => NoCharts);
        Assert.Equal(["2026-W45", "2026-W46", "index.html"], Directory.EnumerateFileSystemEntries(root.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(root["2026-W46/report.json"]));
    }

    [Fact]
    public void What_hurts_is_told_first_and_a_quiet_week_says_that_it_was_quiet()
    {
        var quiet = new ReadWeek(Week, [Calm(ServiceB, Week)], [], [], false);
        Assert.Equal(
            "Every network gets answers, every PoP gives them, and no network takes a detour over continents.",
            WeeklyReportBuilder.Build(quiet, null, WeekView.Of(quiet, null), (_, _) => null).Sentences[2]);

        var loud = quiet with
        {
            SilentPops = [Silent(ServiceB)],
            Findings = [.. NowFindings, Finding("over-reach", Severity.Warning, "ns-b", new Scope(ScopeKind.Pop, "JNB"), [1, 2, 3, 4])],
        };
        Assert.Equal(
            "APE (Apeldoorn) answered nobody for 6 h and JNB took most of its clients; JNB draws 4 probes over continents.",
            WeeklyReportBuilder.Build(loud, null, WeekView.Of(loud, null), (_, _) => null).Sentences[2]);

        var down = quiet with { Findings = [Finding("black-hole", Severity.Critical, "ns-b", new Scope(ScopeKind.Target, "ns-b"), [1, 2, 3, 4, 5])] };
        Assert.Equal(
            "Nobody anywhere got an answer from ns-b IPv4 for 7 days.",
            WeeklyReportBuilder.Build(down, null, WeekView.Of(down, null), (_, _) => null).Sentences[2]);
    }

    [Fact]
    public void A_problem_on_several_targets_is_one_row_and_new_only_when_no_target_had_it()
    {
        var fresh = Report().FindingChange!;
        Assert.Equal(("2026-W45", new ProblemKey("black-hole", "asn", "64501")), (fresh.Week, Assert.Single(fresh.New, key => key.Check == "black-hole")));
        Assert.DoesNotContain(fresh.New, key => key.Check == "continental-detour");
        Assert.Equal("SYD/1", Assert.Single(fresh.Over).Scope.Value);

        Finding[] findings = [NowFindings[0], NowFindings[0] with { Target = "ns-b", Family = 6, Probes = [5, 6] }];
        var problem = Assert.Single(Problem.Of(findings, key => key.Value == "64501"));
        Assert.Equal((3, true, "ns-a IPv4 · ns-b IPv6"), (problem.Probes, problem.IsNew, Shown.Services(problem.Targets)));
    }

    [Fact]
    public async Task Who_took_over_from_a_silent_pop_is_told_with_how_long_its_probes_were_dark()
    {
        var row = Assert.Single(Report().SilentPops);
        Assert.Equal((3, 1, 0L, 3600L), (row.Probes, row.StillDark, row.MedianSeconds, row.LongestSeconds));
        Assert.Equal([new TakerRow("JNB", 2), new TakerRow("SYD/1", 1)], row.By);
        Assert.Equal([new GapRow(0, "JNB", 2), new GapRow(1, "SYD/1", 1)], row.Gaps);

        var page = new HtmlParser().ParseDocument(await ReportRenderer.PageAsync(Report()));
        Assert.Equal("2 probes dark for 0 rounds, 1 probe dark for 1 round", page.QuerySelector("#silent svg")!.GetAttribute("aria-label"));
    }

    [Fact]
    public async Task Report_json_holds_the_findings_as_the_command_tells_them()
    {
        var root = Directory.CreateTempSubdirectory("reports").FullName;
        try
        {
            await new ReportFolder(root).WriteAsync(Report(), _ => NoCharts);
            var file = Path.Combine(root, Week.ToString(), "report.json");
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            using var told = new StringWriter();
            FindingsCommand.Write(NowFindings, OutputFormat.Json, told);
            using var expected = JsonDocument.Parse(told.ToString());
            Assert.True(JsonElement.DeepEquals(expected.RootElement, json.RootElement.GetProperty("findings")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static readonly Finding[] NowFindings =
    [
        Finding("black-hole", Severity.Critical, "ns-a", new Scope(ScopeKind.Asn, "64501"), [4, 5]),
        Finding("continental-detour", Severity.Warning, "ns-a", new Scope(ScopeKind.Asn, "64500"), [1, 2, 3]),
    ];

    private static Finding Finding(string check, Severity severity, string target, Scope scope, int[] probes) =>
        new(check, severity, target, 4, scope, Week.Start, Week.End, 0, 1, probes.Length, probes, $"{check} {Rude}", $"call {Rude}");

    private static SilentPop Silent(Target target) => new(
        target.Name, 4, World.Apeldoorn with { City = "Apeldoorn" }, new Episode(Week.Start.ToUnixTimeSeconds() + 7200, Week.Start.ToUnixTimeSeconds() + 28_800, 6), 3600,
        new TakeOver([new TakenOver(1, "JNB", 0, 0, false), new TakenOver(2, "JNB", 0, 0, false), new TakenOver(3, "SYD/1", 3600, 1, false)], 1));

    private static WeeklyReport Report()
    {
        var before = new ReadWeek(
            Week.Previous, [Before(ServiceA), Calm(ServiceB, Week.Previous)],
            [NowFindings[1] with { Target = "ns-b" }, Finding("pop-silent", Severity.Critical, "ns-a", new Scope(ScopeKind.Pop, "SYD/1"), [1])], [], false);
        var now = new ReadWeek(Week, [Now(ServiceA), Calm(ServiceB, Week)], NowFindings, [Silent(ServiceA)], false);
        return WeeklyReportBuilder.Build(now, before, WeekView.Of(now, before), (_, unknown) => unknown.Identity == Rude ? null : "x");
    }

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
