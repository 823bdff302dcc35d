using System.Text;
using Analyzer.Time;
using App.Cli;
using App.Series;
using Xunit;

namespace Tests.Series;

public sealed class ExportTests
{
    private static readonly Window Day = new(SimulatedWeek.Start, SimulatedWeek.Start.AddHours(30));

    [Fact]
    public async Task Line_protocol_holds_each_point_once_and_says_where_it_belongs()
    {
        using var week = new SimulatedWeek();
        await week.ArriveAsync(SimulatedWeek.End);
        using var output = new MemoryStream();
        await using var sink = new LineSink(output, "anycast");
        using var progress = new ExportProgress(isQuiet: true);
        var points = await new SeriesExport(week.Store, week.Network, sink, DatabaseContents.LargestAsns).RunAsync(Day, progress, default);

        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.StartsWith("# DML\n# CONTEXT-DATABASE: anycast\n# CONTEXT-RETENTION-POLICY: ", text, StringComparison.Ordinal);
        string? place = null;
        var parsed = new List<Point>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
            {
                place = line.Split(' ')[^1];
                continue;
            }

            parsed.Add(Assert.Single(LineParser.Parse(Encoding.UTF8.GetBytes(line + "\n"))));
            var where = SeriesSchema.Measurements.Single(measurement => measurement.Name == parsed[^1].Measurement).Place;
            Assert.Equal(where == SeriesPlace.Raw ? "raw" : "autogen", place);
        }

        Assert.Equal(points, parsed.Count);
        Assert.Equal(points, parsed.Select(point => (point.Measurement, string.Join(',', point.Tags), point.At)).Distinct().Count());
        var expected = new[] { 4, 6 }.Sum(family => DatabaseContents.Points(week.Store, week.Network, week.Target, family, Day).Count);
        Assert.Equal(expected, parsed.Count(point => point.Measurement == "probe_rtt"));
        Assert.Equal(60, parsed.Count(point => point.Measurement == "coverage"));
    }

    [Fact]
    public async Task Csv_is_one_line_an_answer()
    {
        using var week = new SimulatedWeek();
        await week.ArriveAsync(SimulatedWeek.End);
        using var output = new MemoryStream();
        using var progress = new ExportProgress(isQuiet: true);
        var points = await new CsvExport(week.Store, week.Network, output).RunAsync(Day, progress, default);

        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n');
        Assert.Equal("at,target,family,pop,country,source,probe,rttMs", lines[0]);
        Assert.Equal("", lines[^1]);
        Assert.Equal(points, lines.Length - 2);
        Assert.All(lines[1..^1], line => Assert.Equal(8, line.Split(',').Length));
        var expected = new[] { 4, 6 }.SelectMany(family => DatabaseContents.Points(week.Store, week.Network, week.Target, family, Day)
            .Select(point => FormattableString.Invariant($"{point.At} {family} {point.Pop} {point.Source} {point.Probe} {point.RttMs}")));
        Assert.Equal(expected.Order(StringComparer.Ordinal), lines[1..^1].Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[2]} {cells[3]} {cells[5]} {cells[6]} {cells[7]}").Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("export", "--to", "excel")]
    [InlineData("export", "--to", "influx")]
    [InlineData("export")]
    public async Task A_form_that_cannot_be_had_is_a_wrong_usage(params string[] words) => Assert.Equal(ExitCode.WrongUsage, await CommandLine.RunAsync(words));
}
