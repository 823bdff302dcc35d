using System.Diagnostics;
using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Time;
using App.Series;

namespace Benchmarks;

/// <summary>What <c>/api/v1/series</c> asks of the embedded store: 168 hours of 12,000 probes, against a catchment an hour.</summary>
internal static class SeriesBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var temporary = args.Length > 0 ? null : Directory.CreateTempSubdirectory("measurement-benchmark-").FullName;
        try
        {
            var (store, network, world) = await SimulatedStore.OpenAsync(temporary ?? args[0], 12_000, 1);
            using (store)
            {
                var window = new Window(DateTimeOffset.FromUnixTimeSeconds(world.Start), DateTimeOffset.FromUnixTimeSeconds(world.End));
                var target = network.Targets[0];
                for (var repetition = 0; repetition < 3; repetition++)
                {
                    await MeasureAsync("hours", async () => (await new StoreSeriesQuery(store, network).HoursAsync(target, 4, window, default)).Count);
                }

                await MeasureAsync("catchment an hour", () =>
                {
                    var reader = new CatchmentReader(store, network.IdentityTemplates) { ProbesAsOf = window.To };
                    return Task.FromResult(Enumerable.Range(0, 168).Count(hour => !reader.Read(target, 4, new Window(window.From.AddHours(hour), window.From.AddHours(hour + 1))).IsEmpty));
                });
            }

            return 0;
        }
        finally
        {
            if (temporary is not null)
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static async Task MeasureAsync(string what, Func<Task<int>> action)
    {
        var (watch, before, memory) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var found = await action();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-18} {found} steps in {watch.Elapsed.TotalSeconds:0.00} s, {(Environment.CpuUsage.TotalTime - before).TotalSeconds:0.00} s of processor, {(GC.GetTotalAllocatedBytes() - memory) >> 20:N0} MiB allocated"));
    }
}
