using System.Globalization;
using System.Text.Json;
using Analyzer.Checks;
using App.Demo;
using Xunit;

namespace Tests.Scoring;

/// <summary>The checks against made-up Internets that no threshold was tuned on; <c>Benchmarks scoring</c> runs twenty larger ones.</summary>
public sealed class CheckScoreTests : IDisposable
{
    private const int Probes = 600;

    // What is asked of the pool, and of the worst seed.
    private const double Pooled = 0.95;
    private const double Worst = 0.6;

    private readonly string folder = Directory.CreateTempSubdirectory("scores").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task In_three_worlds_never_seen_before_findings_are_true_and_truth_is_found()
    {
        var runs = new List<DemoRun>();
        foreach (var seed in new[] { 201, 202, 203 })
        {
            var run = new DemoRun(new DemoOptions(folder, Probes, Seed: seed) { WithReports = false }, new StepLog(TextWriter.Null, isQuiet: true, isTerminal: false));
            await run.RunAsync(CancellationToken.None);
            runs.Add(run);
        }

        Assert.All(CheckSuite.NetworkNames, check =>
        {
            var scores = runs.Select(run => run.CheckScores[check]).ToList();
            var (right, wrong, found, missed) = (scores.Sum(score => score.Right), scores.Sum(score => score.Wrong.Count), scores.Sum(score => score.Found), scores.Sum(score => score.Missed.Count));
            var told = string.Create(CultureInfo.InvariantCulture, $"{check}: {right} findings right, {wrong} wrong; {found} events found, {missed} missed: {string.Join("; ", scores.SelectMany(score => score.Wrong.Select(one => one.ToString()).Concat(score.Missed.Select(one => one.ToString()))))}");
            Assert.True(found + missed >= 3, told);
            Assert.True(right >= Pooled * (right + wrong), told);
            Assert.True(found >= Pooled * (found + missed), told);
            Assert.All(scores, score => Assert.True((score.Precision ?? 1) >= Worst && (score.Recall ?? 1) >= Worst, told));
        });

        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "score.json")));
        Assert.Equal(CheckSuite.NetworkNames, written.RootElement.GetProperty("checks").EnumerateObject().Select(check => check.Name));
        Assert.InRange(written.RootElement.GetProperty("attribution").GetProperty("accuracy").GetDouble(), 0.995, 1);
    }
}
