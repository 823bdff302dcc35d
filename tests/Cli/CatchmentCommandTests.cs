using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Time;
using App.Cli;
using App.Queries;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;
using Collector.Store;
using Reports.Catchments;
using Tests.Catchments;
using Xunit;

namespace Tests.Cli;

public sealed class CatchmentCommandTests
{
    private static readonly AnycastNetwork Network = new([World.Named], World.Named.Pops);

    [Fact]
    public void Json_has_the_members_of_the_contract_first_and_in_order()
    {
        using var json = JsonDocument.Parse(Answer(Europe(), "--by", "pop").Output);
        Assert.Equal(["target", "family", "week", "probes", "rows"], Names(json.RootElement).Take(5));
        Assert.Equal("service", json.RootElement.GetProperty("target").GetString());
        Assert.Equal(4, json.RootElement.GetProperty("family").GetInt32());
        Assert.Equal("2026-W46", json.RootElement.GetProperty("week").GetString());
        Assert.Equal("""{"asked":6,"answered":5,"attributed":4}""", json.RootElement.GetProperty("probes").GetRawText());
        Assert.Equal(
            ["key", "probes", "share", "weightedShare", "rttMs", "green", "red", "silent", "lossPercent"],
            Names(json.RootElement.GetProperty("rows")[0]).Take(9));
        Assert.StartsWith(
            """{"key":"APE","probes":2,"share":0.5,"weightedShare":0.""", json.RootElement.GetProperty("rows")[0].GetRawText(), StringComparison.Ordinal);
        Assert.Contains(
            ""","rttMs":{"p10":11,"p50":15,"p90":19},"green":2,"red":0,"silent":0,"lossPercent":0,""",
            json.RootElement.GetProperty("rows")[0].GetRawText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_by_country_say_which_pop_leads_and_how_surely()
    {
        using var json = JsonDocument.Parse(Answer(Europe(), "--by", "country").Output);
        var rows = json.RootElement.GetProperty("rows");

        // Wilson with p = 0.5 and n = 1 ÷ (0.25² + 0.25² + 0.5²) = 8 ÷ 3, by hand.
        Assert.Equal(
            """{"pop":"APE","share":0.5,"low":0.115859,"high":0.884141,"verdict":"clear"}""", rows[0].GetProperty("dominant").GetRawText());
        Assert.Equal("""{"verdict":"too-few"}""", rows[2].GetProperty("dominant").GetRawText());
        Assert.False(rows[2].TryGetProperty("rttMs", out _));
    }

    [Fact]
    public void Rows_by_probe_say_where_it_is_served_and_where_it_should_be()
    {
        var world = new World();
        world.Place(17, "NL", 64500);
        world.Asks(17, "JJJJ", rttMs: 180);
        using var json = JsonDocument.Parse(Answer(world, "--by", "probe").Output);
        var row = json.RootElement.GetProperty("rows")[0];
        Assert.Equal(
            ["key", "probes", "share", "weightedShare", "rttMs", "green", "red", "silent", "lossPercent", "pop", "country", "asn", "distanceKm", "nearestPop", "nearestKm", "extraKm"],
            Names(row).Take(16));
        Assert.Equal(("17", "JNB", "APE", 64500), (row.GetProperty("key").GetString(), row.GetProperty("pop").GetString(), row.GetProperty("nearestPop").GetString(), row.GetProperty("asn").GetInt32()));
        Assert.Equal(row.GetProperty("distanceKm").GetDouble() - row.GetProperty("nearestKm").GetDouble(), row.GetProperty("extraKm").GetDouble(), 0.11);
    }

    [Fact]
    public void A_comparison_says_who_moved_where()
    {
        var world = new World();
        for (var probe = 1; probe <= 3; probe++)
        {
            world.Place(probe, "NL", 64500);
            world.Asks(probe, "AAAA");
        }

        world.Window = Window.Of(new IsoWeek(2026, 47));
        world.Asks(1, "JJJJ");
        world.Asks(2, "JJJJ");
        world.Asks(3, "AAAA");
        var (exit, output, _) = Answer(world, "--compare", "2026-W46");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(ExitCode.Done, exit);
        Assert.StartsWith(
            """{"week":"2026-W46","panel":3,"similarity":0.333333,"flips":2,"flows":[{"from":"APE","to":"JNB","probes":2}],"changed":[{"country":"NL","from":"APE","to":"JNB"}]""",
            json.RootElement.GetProperty("compare").GetRawText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_the_window_is_said_and_still_json()
    {
        var world = new World();
        var (exit, output, errors) = Answer(world);
        Assert.Equal(ExitCode.Incomplete, exit);
        Assert.Equal("measurement: no results of service over IPv4 in 2026-W46; nothing at all\n", errors);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("probes").GetProperty("asked").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public void A_week_without_results_cannot_be_compared_with()
    {
        var world = Europe();
        var (exit, output, errors) = Answer(world, "--compare", "2026-W45");
        Assert.Equal(ExitCode.Incomplete, exit);
        Assert.Contains("no results of service over IPv4 in 2026-W45", errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("compare").GetProperty("panel").GetInt32());
        Assert.False(json.RootElement.GetProperty("compare").TryGetProperty("similarity", out _));
    }

    [Fact]
    public void The_same_results_in_another_order_give_the_same_bytes()
    {
        var forward = Europe();
        var backward = new World();
        backward.Store.Intern("who.knows");
        backward.Store.Intern("ns1.jnb");
        foreach (var probe in Enumerable.Range(1, 6).Reverse())
        {
            EuropeProbes[probe - 1](backward);
        }

        foreach (var by in Enum.GetNames<CatchmentKey>())
        {
            Assert.Equal(Answer(forward, "--by", by).Output, Answer(backward, "--by", by).Output);
        }
    }

    [Fact]
    public void Ndjson_is_a_row_a_line_and_csv_too()
    {
        var lines = Answer(Europe(), OutputFormat.Ndjson, "--by", "asn").Output.Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("""{"target":"service","family":4,"week":"2026-W46","key":"AS64500","probes":2,""", lines[0], StringComparison.Ordinal);
        Assert.Equal("", lines[^1]);

        lines = Answer(Europe(), OutputFormat.Csv, "--by", "server").Output.Split('\n');
        Assert.Equal("target,family,week,key,probes,share,weightedShare,rttP10Ms,rttP50Ms,rttP90Ms,green,red,silent,lossPercent,asked,answered,rttSource", lines[0]);
        Assert.StartsWith("service,4,2026-W46,APE/ns1,2,0.5,0.", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
    }

    [Theory]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("=a,b", "\"'=a,b\"")]
    [InlineData(null, "")]
    [InlineData("FMT/ns1", "FMT/ns1")]
    public void A_cell_is_never_a_formula(string? text, string expected) => Assert.Equal(expected, CatchmentCsv.Text(text));

    [Theory]
    [InlineData(CatchmentKey.Pop)]
    [InlineData(CatchmentKey.Country)]
    [InlineData(CatchmentKey.Probe)]
    public void Every_kind_of_row_has_as_many_cells_as_names(CatchmentKey by)
    {
        var lines = Answer(Europe(), OutputFormat.Csv, "--by", by.ToString()).Output.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
    }

    [Fact]
    public void The_table_says_what_its_numbers_rest_on()
    {
        var output = Answer(Europe(), OutputFormat.Table).Output;
        Assert.Contains("service IPv4 2026-W46: 6 probes asked, 5 answered, 4 attributed", output, StringComparison.Ordinal);
        Assert.Contains("Round-trip times are from DNS answers", output, StringComparison.Ordinal);
        Assert.Contains("Unknown identities (probes): who.knows (1)", output, StringComparison.Ordinal);
        Assert.Contains("No probe is served by: FMT", output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_escape_sequence_reaches_a_terminal()
    {
        var world = new World();
        world.Store.Add(World.Dns, 1, new Sample
        {
            At = world.Window.FromUnixSeconds,
            Outcome = Outcome.Answered,
            RttMicroseconds = 1000,
            Identity = world.Store.Intern("\u001b[2J[bold]\u202etxt"),
        });
        var output = Answer(world, OutputFormat.Table).Output;
        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain('\u202e', output);
        Assert.Contains("[bold]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", "4", null, null, "--target is nosuch; allowed: service, a-root to m-root")]
    [InlineData("service", "5", null, null, "--family is 5; allowed: 4 or 6")]
    [InlineData("service", null, null, null, "--family is missing; allowed: 4 or 6")]
    [InlineData("service", "4", "city", null, "--by is city; allowed: pop, server, country, continent, asn, probe")]
    [InlineData("service", "4", "7", null, "--by is 7; allowed: pop, server, country, continent, asn, probe")]
    [InlineData("service", "4", null, "2026-W54", "--compare is 2026-W54; allowed: 2026-W01 to 2026-W53")]
    [InlineData("service", "4", null, "2026-W46", "--compare is 2026-W46, the week itself; allowed: another week, such as 2026-W45")]
    public void Whatever_cannot_be_asked_is_refused_with_what_is_allowed(string target, string? family, string? by, string? compare, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<ConfigurationException>(() => CatchmentRequest.Parse(Network, target, family, Window.Of(new IsoWeek(2026, 46)), by, compare)).Message);

    [Fact]
    public void A_preset_is_a_target_and_names_ignore_case()
    {
        Assert.Equal("k-root", CatchmentRequest.FindTarget(Network, "K-root").Name);
        Assert.Same(World.Named, CatchmentRequest.FindTarget(Network, "Service"));
    }

    private static readonly Action<World>[] EuropeProbes =
    [
        world => { world.Place(1, "NL", 64500); world.Asks(1, "AAA", rttMs: 10); },
        world => { world.Place(2, "NL", 64500); world.Asks(2, "AAA", rttMs: 20); },
        world => { world.Place(3, "NL", 64501); world.Asks(3, "JJJ", rttMs: 200); },
        world => { world.Place(4, "NL", 64501); world.Asks(4, "---"); },
        world => { world.Place(5, "DE", 64502); world.Asks(5, "JJJ", rttMs: 199.999); },
        world => { world.Place(6, null, null, 0, 0); world.Asks(6, "???", rttMs: 15); },
    ];

    private static World Europe()
    {
        var world = new World();
        foreach (var probe in EuropeProbes)
        {
            probe(world);
        }

        return world;
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);

    private static (int Exit, string Output, string Errors) Answer(World world, params string[] options) => Answer(world, OutputFormat.Json, options);

    private static (int Exit, string Output, string Errors) Answer(World world, OutputFormat format, params string[] options)
    {
        string? Option(string name) => Array.IndexOf(options, name) is >= 0 and var index ? options[index + 1] : null;
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var request = CatchmentRequest.Parse(Network, "service", "4", world.Window, Option("--by"), Option("--compare"));
        var exit = CatchmentCommand.Run(new CatchmentReader(world.Store), request, format, output, isTerminal: false, errors, () => "nothing at all");
        return (exit, output.ToString(), errors.ToString());
    }
}
