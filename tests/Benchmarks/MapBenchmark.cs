using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Collector.Geography;
using Reports.Canvas;
using Reports.Maps;

namespace Benchmarks;

/// <summary>A map of 12,000 probes as a PNG of 1600 × 900 pixels, against zlib alone packing the same pixels in the same run.</summary>
internal static class MapBenchmark
{
    private const int Probes = 12_000;
    private const int Rounds = 21;

    // Long enough for the runtime to have compiled what is hot for good.
    private const int WarmUp = 10;

    public static int Run()
    {
        var picture = Picture();
        var watch = Stopwatch.StartNew();
        var png = picture.ToPng();
        Report("PNG, first in the process", watch.Elapsed.TotalMilliseconds);

        using var canvas = new PngCanvas(picture.Width, picture.Height);
        picture.Draw(canvas);
        var rgb = canvas.ToRgb();
        (string What, Action Run)[] parts =
        [
            ("PNG", () => picture.ToPng()),
            ("  of it: drawing", () =>
            {
                using var drawn = new PngCanvas(picture.Width, picture.Height);
                picture.Draw(drawn);
            }),
            ("  of it: light to sRGB", () => canvas.ToRgb()),
            ("  of it: encoding", () => PngEncoder.Encode(picture.Width, picture.Height, rgb, 16)),
            ("SVG", () => picture.ToSvg()),
            ("zlib alone, level 6, same pixels", () => Packed(rgb)),
        ];

        // In turn, so that whatever else the machine does falls on all of them alike.
        var wall = parts.Select(_ => new List<double>()).ToArray();
        var cpu = parts.Select(_ => new List<double>()).ToArray();
        for (var round = -WarmUp; round < Rounds; round++)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                var before = Environment.CpuUsage.TotalTime;
                watch.Restart();
                parts[i].Run();
                if (round >= 0)
                {
                    wall[i].Add(watch.Elapsed.TotalMilliseconds);
                    cpu[i].Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
                }
            }
        }

        for (var i = 0; i < parts.Length; i++)
        {
            Report(parts[i].What, Median(wall[i]), Median(cpu[i]));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Probes:N0} probes, {png.Length / 1e3:N0} kB PNG, {picture.ToSvg().Length / 1e3:N0} kB SVG; PNG / zlib alone: {Median(wall[0]) / Median(wall[^1]):0.00}; goal: PNG at most 100 ms"));
        return 0;
    }

    // Spread over all the map shows: nothing hides behind anything, no marker is drawn for two.
    private static MapPicture Picture()
    {
        var random = new Random(20261116);
        var probes = new MapProbe[Probes];
        for (var i = 0; i < probes.Length; i++)
        {
            var place = new GeoPoint((random.NextDouble() * 130) - 55, (random.NextDouble() * 360) - 180);
            probes[i] = random.Next(20) == 0
                ? new MapProbe(place, ProbeAnswer.Silent)
                : new MapProbe(place, ProbeAnswer.Served, "AMS", random.NextDouble() * 300);
        }

        var subject = new MapSubject("ns1.example.net", 4, "2026-W46", Probes, Probes, Probes);
        return RttMap.Of(subject, new MapPop("AMS", "Amsterdam", new GeoPoint(52.4, 4.9)), probes, 200);
    }

    private static long Packed(byte[] rgb)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, new ZLibCompressionOptions { CompressionLevel = 6 }, leaveOpen: true))
        {
            zlib.Write(rgb);
        }

        return packed.Length;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Report(string what, double ms, double? cpuMs = null) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what,-34} {ms,8:0.0} ms") + (cpuMs is { } cpu ? string.Create(CultureInfo.InvariantCulture, $", {cpu:0.0} ms of processor") : ""));
}
