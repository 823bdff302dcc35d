using System.Text.Json;
using Analyzer.Annotations;
using Analyzer.Comparisons;
using Analyzer.Time;
using App.Cli;
using Collector.Network;
using Reports.Changes;
using Tests.Comparisons;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Changes;

public sealed class ChangeCommandsTests
{
    private const string Rude = "=cmd()\u001b[31m\n\"><script>";

    private static readonly AnnotationReport Change = AnnotationReport.Of(new AnnotationVerdict(
        new Annotation(new DateTimeOffset(2026, 11, 9, 0, 0, 0, TimeSpan.Zero), "JNB", Rude),
        ChangeIntent.Less,
        [
            new ServiceVerdict("ns-a", 4, ChangeVerdict.AsIntended)
            {
                Text = "It did.",
                Panel = 100,
                Clients = new BeforeAfter(50, 10),
                Share = new MeanInterval(-0.4, -0.5, -0.3, 100, 40),
                Rtt = new RttChange(150, 10.5, new MeanInterval(-112.25, -120, -100, 50, 25), 50),
                Lost = new Movement(40, [64500, 64501], ["DE"]),
            },
        ]));

    [Fact]
    public void A_terminal_gets_words_and_no_escape_of_somebody_elses()
    {
        var text = Written(OutputFormat.Table);
        Assert.DoesNotContain('\u001b', text);
        Assert.StartsWith("2026-11-09 00:00 UTC  JNB  =cmd()", text, StringComparison.Ordinal);
        Assert.EndsWith("  as intended (intended: fewer clients, by the text)\n  ns-a IPv4: as intended. It did.\n    left: DE, AS64500, AS64501\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spreadsheet_gets_text_that_is_no_formula()
    {
        var lines = Written(OutputFormat.Csv).Split('\n', 2);
        Assert.Contains(",\"'=cmd()", lines[1], StringComparison.Ordinal);
        Assert.Contains(",less,as-intended,false,ns-a,4,as-intended,100,50,10,-0.4,-0.5,-0.3,150,10.5,-112.25,-120,-100,,", lines[1], StringComparison.Ordinal);
        Assert.Equal(22, lines[0].Split(',').Length);
    }

    [Fact]
    public void A_program_gets_an_array_or_a_line_each_and_nothing_for_what_is_unknown()
    {
        var one = Assert.Single(JsonDocument.Parse(Written(OutputFormat.Json)).RootElement.EnumerateArray());
        Assert.Equal(Rude, one.GetProperty("text").GetString());
        var service = Assert.Single(one.GetProperty("services").EnumerateArray());
        Assert.False(service.TryGetProperty("detours", out _));
        Assert.Equal(-112.25, service.GetProperty("rttMs").GetProperty("change").GetProperty("mean").GetDouble());
        Assert.Single(Written(OutputFormat.Ndjson).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Without_changes_it_says_where_to_write_them()
    {
        using var output = new StringWriter();
        AnnotationsCommand.Write([], OutputFormat.Table, output);
        Assert.Equal("No changes of yours are listed under Annotations, or none in this time.\n", output.ToString());
    }

    [Fact]
    public void Modes_are_told_as_stretches_of_time()
    {
        Assert.Equal(
            "service IPv4: no whole week of results yet\nservice IPv4 2026-11-04: We have seen this routing before: 2026-11-02 (similarity 100.0 %).\n"
                + "  mode 1    2026-11-01 to 2026-11-02  2 days\n  mode 2    2026-11-03 to 2026-11-03  1 day\n  mode 1    2026-11-04 to 2026-11-04  1 day\n",
            Modes(OutputFormat.Table));
        Assert.EndsWith("service,4,day,2026-11-04,1793750400,1793836800,12,1,0\n", Modes(OutputFormat.Csv), StringComparison.Ordinal);
        Assert.Equal("returned", JsonDocument.Parse(Modes(OutputFormat.Json)).RootElement.GetProperty("day").GetProperty("news").GetString());
    }

    private static string Written(OutputFormat format)
    {
        using var output = new StringWriter();
        AnnotationsCommand.Write([Change], format, output);
        return output.ToString();
    }

    private static string Modes(OutputFormat format)
    {
        var first = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var days = ModeTimeline.Of([.. "AAJA".Select((letter, day) => SimilarityTableTests.Of(new string(letter, 12), new Window(first.AddDays(day), first.AddDays(day + 1))))], 10);
        using var output = new StringWriter();
        ModesCommand.Write(RoutingReport.Of(new RoutingHistory(World.Named, 4, days, ModeTimeline.Of([], 10)) { Day = days.Newest() }), format, output);
        return output.ToString();
    }
}
