using System.Text;
using App.Cli;
using Tests.Series;
using Xunit;

namespace Tests.Hostile;

/// <summary>What the commands write, to files, pipes and terminals, of an installation to which strangers have talked.</summary>
public sealed class CommandExitTests(HostileRun run) : IClassFixture<HostileRun>
{
    // Every command has a line here or a reason below. A command that prints a stranger's words must be seen to print them: then its line says so.
    private static readonly (string Arguments, bool ShowsThem)[] Invocations =
    [
        ("alerts test", false),
        ("alerts test --format json", false),
        ("annotations", false),
        ("annotations --format json", false),
        ("annotations --format csv", false),
        ("apply --yes", true),
        ("catchment --target service --week 2026-W46 --by pop", true),
        ("catchment --target service --week 2026-W46 --by country --format csv", false),
        ("catchment --target service --week 2026-W46 --by server", true),
        ("catchment --target service --week 2026-W46 --by server --format json", true),
        ("catchment --target service --week 2026-W46 --by server --format ndjson", true),
        ("catchment --target service --week 2026-W46 --by server --format csv", true),
        ("catchment --target service --week 2026-W46 --by probe", false),
        ("catchment --target service --week 2026-W46 --by probe --format json", true),
        ("catchment --target service --week 2026-W46 --by probe --format csv", true),
        ("catchment --target service --week 2026-W46 --compare 2026-W45 --format json", false),
        ("check", true),
        ("check --format json", true),
        ("collect", true),
        ("collect --format json", true),
        ("decode RESULTS", true),
        ("decode RESULTS --format json", true),
        ("decode RESULTS --format csv", true),
        ("destroy --yes", true),
        ("export --to line-protocol", false),
        ("export --to csv", false),
        ("export --to influx", false),
        ("findings --week 2026-W46", true),
        ("findings --week 2026-W46 --format json", true),
        ("findings --week 2026-W46 --format ndjson", true),
        ("findings --week 2026-W46 --format csv", true),
        ("identify PAYLOADS", true),
        ("identify PAYLOADS --format json", true),
        ("identify PAYLOADS --format ndjson", true),
        ("identify PAYLOADS --format csv", true),
        ("import RESULTS --target service --probes PROBES", false),
        ("import PROBES --target service", false),
        ("lookup NL --week 2026-W46", false),
        ("lookup NL --week 2026-W46 --format json", false),
        ("lookup NL --week 2026-W46 --format csv", false),
        ("lookup AS64501 --week 2026-W46 --target service", false),
        ("lookup probe:3 --week 2026-W46 --format json", false),
        ("lookup PAYLOADS", false),
        ("modes --target service", false),
        ("modes --target service --format json", false),
        ("modes --target service --format csv", false),
        ("plan", true),
        ("plan --format json", true),
        ("rebuild", false),
        ("report --week 2026-W46 --out OUT", false),
    ];

    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["demo"] = "nothing of a stranger reaches it: it makes its own Internet",
        ["simulate"] = "it is asked by us alone, and says nothing but its address",
        ["serve"] = "ServiceExitTests",
    };

    public static TheoryData<string, bool> Lines
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var (arguments, showsThem) in Invocations)
            {
                data.Add(arguments, showsThem);
            }

            return data;
        }
    }

    [Fact]
    public void Every_command_is_tried() => Assert.Equal(
        CommandLine.Root().Subcommands.Select(command => command.Name).Order(StringComparer.Ordinal),
        Invocations.Select(one => one.Arguments.Split(' ')[0]).Concat(Elsewhere.Keys).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task What_a_command_writes_is_harmless(string arguments, bool showsThem)
    {
        var outcome = await run.RunAsync(Words(arguments));

        // A command that did not understand us has shown nothing.
        Assert.Equal(arguments == "lookup PAYLOADS", outcome.ExitCode == ExitCode.WrongUsage);
        Harmless.Text(outcome.Errors);
        var text = Encoding.UTF8.GetString(outcome.Output);
        switch (arguments)
        {
            case var _ when arguments.StartsWith("export", StringComparison.Ordinal) && arguments.EndsWith("line-protocol", StringComparison.Ordinal):
                Assert.NotEmpty(Points(outcome.Output));
                break;
            case var _ when arguments.EndsWith("csv", StringComparison.Ordinal):
                Harmless.Csv(text);
                break;
            case var _ when arguments.EndsWith("ndjson", StringComparison.Ordinal) || arguments == "decode RESULTS":
                Harmless.JsonLines(text);
                break;
            case var _ when arguments.EndsWith("json", StringComparison.Ordinal) && text.Length > 0:
                Harmless.Json(text);
                break;
            default:
                Harmless.Text(outcome.Output);
                break;
        }

        Assert.True(!showsThem || (text + Encoding.UTF8.GetString(outcome.Errors)).Contains(Payloads.Mark, StringComparison.Ordinal), "nothing of what was said is shown");
    }

    [Theory]
    [InlineData("catchment --target service --week 2026-W46 --by server")]
    [InlineData("check")]
    [InlineData("findings --week 2026-W46")]
    [InlineData("identify PAYLOADS")]
    [InlineData("import RESULTS --target service")]
    [InlineData("lookup NL --week 2026-W46")]
    [InlineData("plan")]
    public async Task What_a_terminal_is_shown_moves_nothing_but_our_own_colours(string arguments) =>
        Harmless.Text(await run.RunOnTerminalAsync(Words(arguments)), isTerminal: true);

    [Fact]
    public async Task The_archive_keeps_what_was_said_byte_for_byte()
    {
        await run.RunAsync("rebuild");
        var kept = new List<string>();
        foreach (var file in new[] { HostileResults.Dns, HostileResults.Ping }.SelectMany(measurement => Directory.EnumerateFiles(run[$"data/archive/{measurement}"], "*.gz")))
        {
            await using var gzip = new System.IO.Compression.GZipStream(File.OpenRead(file), System.IO.Compression.CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            await gzip.CopyToAsync(bytes);
            kept.AddRange(Encoding.Latin1.GetString(bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal(
            run.Lines.Select(line => Encoding.Latin1.GetString(line).TrimEnd('\n')).Order(StringComparer.Ordinal),
            kept.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_weekly_report_is_harmless_in_every_file()
    {
        var folder = run["weekly"];
        var outcome = await run.RunAsync("report", "--week", HostileRun.Week, "--out", folder);
        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        var seen = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            seen.Add(Path.GetExtension(file));
            Assert.Matches("^[a-zA-Z0-9._-]+$", Path.GetFileName(file));
            switch (Path.GetExtension(file))
            {
                case ".html":
                    Harmless.Html(await File.ReadAllTextAsync(file));
                    break;
                case ".svg":
                    Harmless.Svg(await File.ReadAllTextAsync(file));
                    break;
                case ".json":
                    Harmless.Json(await File.ReadAllTextAsync(file));
                    break;
                case ".png":
                    break;
                default:
                    Assert.Fail($"{file} is of a kind that is not looked at");
                    break;
            }
        }

        Assert.Equal([".html", ".json", ".png", ".svg"], seen.Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(Payloads.Mark, await File.ReadAllTextAsync(Path.Combine(folder, HostileRun.Week, "index.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sent_to_the_time_series_database_are_the_points_that_were_meant()
    {
        await run.RunAsync("export", "--to", "influx");
        Assert.NotEmpty(run.Written);
        Assert.All(run.Written.SelectMany(Points), point => Assert.Contains(App.Series.SeriesSchema.Measurements, known => known.Name == point.Measurement));
    }

    /// <summary>The points; what begins with a number sign is a comment.</summary>
    private static IReadOnlyList<Point> Points(byte[] lines) => LineParser.Parse(Encoding.UTF8.GetBytes(string.Concat(
        Encoding.UTF8.GetString(lines).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line + "\n"))));

    private string[] Words(string arguments) =>
    [
        .. arguments.Split(' ').SelectMany(word => word switch
        {
            "RESULTS" => [run.Results],
            "PROBES" => [run.Probes],
            "OUT" => [run["out"]],

            // What a shell can hand over: no NUL.
            "PAYLOADS" when arguments.StartsWith("lookup", StringComparison.Ordinal) => [Payloads.All[0]],
            "PAYLOADS" => [.. Payloads.All.Where(payload => !payload.Contains('\0', StringComparison.Ordinal) && payload[0] != '-')],
            _ => new[] { word },
        }),
    ];
}
