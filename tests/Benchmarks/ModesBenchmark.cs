using System.Diagnostics;
using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;

namespace Benchmarks;

/// <summary>Sixty days of 12,000 probes, every two held against each other, next to comparing catchments one pair after the other.</summary>
internal static class ModesBenchmark
{
    private const int Days = 60;
    private const int ProbeCount = 12_000;

    public static int Run()
    {
        var random = new Random(60);
        var pops = Enumerable.Range(0, 20).Select(number => new Pop($"P{number}", new GeoPoint(number, number))).ToArray();
        string[] countries = ["NL", "DE", "FR", "US", "BR", "ZA", "JP", "IN", "AU", "GB"];
        var probes = Enumerable.Range(1, ProbeCount).Select(id => new Probe(id) { Country = countries[random.Next(countries.Length)], AsnV4 = (uint)random.Next(64_500, 68_500) }).ToArray();
        var target = new Target("ns-a") { Pops = pops };
        var days = Enumerable.Range(0, Days).Select(day => new Catchment(target, 4, new Window(DateTimeOffset.UnixEpoch.AddDays(day), DateTimeOffset.UnixEpoch.AddDays(day + 1)))
        {
            Probes = [.. probes.Where(_ => random.Next(20) > 0).Select(probe => new ProbeCatchment(probe.Id) { Probe = probe, Asn = probe.AsnV4, Pop = pops[random.Next(pops.Length)] })],
        }).ToArray();
        var packed = days.Select(ServedPops.Of).ToArray();
        SimilarityTable.Of(packed[..4]);
        Comparison.SimilarityOf(days[0], days[1]);

        var clock = Stopwatch.StartNew();
        SimilarityTable.Of(packed);
        var table = clock.Elapsed;
        clock.Restart();
        const int Pairs = 40;
        for (var pair = 0; pair < Pairs; pair++)
        {
            Comparison.SimilarityOf(days[pair], days[pair + 1]);
        }

        var one = clock.Elapsed / Pairs;
        const int All = Days * (Days - 1) / 2;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"modes: {All} pairs of {Days} days, {ProbeCount} probes, in {table.TotalMilliseconds:0} ms on {Environment.ProcessorCount} cores; one pair of catchments takes {one.TotalMilliseconds:0.0} ms, {one * All / table:0} times as long"));
        return 0;
    }
}
