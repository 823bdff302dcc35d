using System.Globalization;
using App.Demo;
using App.Scoring;

namespace Benchmarks;

/// <summary>How well the checks find what is true of made-up Internets: pooled over seeds, and the worst seed.</summary>
internal static class ScoringBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (first, last) = args.Length > 0 && args[0].Split('-') is [var from, var to] ? (Number(from), Number(to)) : (201, 220);
        var probes = args.Length > 1 ? Number(args[1]) : 1000;
        var runs = new List<(int Seed, IReadOnlyDictionary<string, CheckScore> Scores)>();
        var folder = Directory.CreateTempSubdirectory("scoring").FullName;
        try
        {
            for (var seed = first; seed <= last; seed++)
            {
                var run = new DemoRun(new DemoOptions(folder, probes, Seed: seed) { WithReports = false }, new StepLog(Console.Error, isQuiet: true, isTerminal: false));
                await run.RunAsync(CancellationToken.None);
                runs.Add((seed, run.CheckScores));
                foreach (var (check, score) in run.CheckScores)
                {
                    foreach (var wrong in score.Wrong)
                    {
                        Console.Error.WriteLine(Invariant($"seed {seed} wrong  {wrong}"));
                    }

                    foreach (var missed in score.Missed)
                    {
                        Console.Error.WriteLine(Invariant($"seed {seed} missed {missed} {missed.Detail}, {missed.Probes.Count} probes"));
                    }
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine("check                 precision  recall  worst precision  worst recall   right  wrong  found  missed  borderline  open");
        foreach (var check in runs.SelectMany(run => run.Scores.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var scores = runs.Select(run => run.Scores[check]).ToList();
            var (right, wrong, found, missed) = (scores.Sum(score => score.Right), scores.Sum(score => score.Wrong.Count), scores.Sum(score => score.Found), scores.Sum(score => score.Missed.Count));
            Console.WriteLine(Invariant($"{check,-20} {Share(right, wrong),10:0.000} {Share(found, missed),7:0.000} {scores.Min(score => score.Precision) ?? double.NaN,16:0.000} {scores.Min(score => score.Recall) ?? double.NaN,13:0.000} {right,7} {wrong,6} {found,6} {missed,7} {scores.Sum(score => score.Borderline),11} {scores.Sum(score => score.Open),5}"));
        }

        return 0;
    }

    private static double Share(int part, int rest) => part + rest == 0 ? double.NaN : (double)part / (part + rest);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
