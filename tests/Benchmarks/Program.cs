using Benchmarks;

// Each benchmark prints a ratio against something else measured in the same run; see docs/benchmarks.md.
// One line a benchmark, in alphabetical order.
switch (args.FirstOrDefault())
{
    case "dashboards": return await DashboardBenchmark.RunAsync(args[1..]);
    case "decode": return DecodeBenchmark.Run(args[1..]);
    case "geoip": return GeoIpBenchmark.Run(args[1..]);
    case "import": return await ImportBenchmark.RunAsync(args[1..]);
    case "influx": return await InfluxBenchmark.RunAsync(args[1..]);
    case "influx-client": return await InfluxClientBenchmark.RunAsync(args[1..]);
    case "map": return MapBenchmark.Run();
    case "report": return ReportBenchmark.Run(args[1..]);
    case "modes": return ModesBenchmark.Run();
    case "scoring": return await ScoringBenchmark.RunAsync(args[1..]);
    case "series": return await SeriesBenchmark.RunAsync(args[1..]);
    case "store": return StoreBenchmark.Run();
    default:
        Console.Error.WriteLine("usage: Benchmarks dashboards [FOLDER] | decode [FILE] | geoip [FILE] | import [measurement.dll] | influx [STORE] | influx-client [STORE] | map | modes | report [FOLDER] | scoring [FROM-TO [PROBES]] | series [STORE] | store");
        return 2;
}
