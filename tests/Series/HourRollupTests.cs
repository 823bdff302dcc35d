using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Hours;
using Analyzer.Time;
using App.Series;
using Collector.Configuration;
using Collector.Geography;
using Collector.Network;
using Tests.Store;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Series;

public sealed class HourRollupTests
{
    private readonly World world = new() { Target = World.Named, Window = new Window(Monday, Monday.AddHours(6)) };

    private static DateTimeOffset Monday => new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_probe_that_asked_is_in_one_row_of_its_hour()
    {
        Place(5);
        world.Asks(1, "AAA");
        world.Asks(2, "JJJ");
        world.Asks(3, "iii");
        world.Asks(4, "?0?");
        world.Asks(5, "---");
        var hours = Hours();
        Assert.Equal(3, hours.Count);
        Assert.All(hours, hour =>
        {
            Assert.Equal(["APE 1", "JNB 1", "interceptor 1", "unanswered 1", "unknown 1"], hour.Pops.Select(row => $"{row.Pop} {row.Probes}"));
            Assert.Equal((5, 4, 2), (hour.Asked, hour.Answered, hour.Attributed));
            Assert.Equal(hour.Asked, hour.Pops.Sum(row => row.Probes));
            Assert.Equal(hour.Answered, hour.Pops.Sum(row => row.Answered));
            Assert.Equal([0.5, 0.5, null, null, null], hour.Pops.Select(row => row.Share));
        });
    }

    [Fact]
    public void An_hour_in_which_a_probe_only_pinged_has_the_pop_of_its_pings()
    {
        Place(1);
        world.Asks(1, "A A");
        world.Pings(1, 20, 30, 40);
        Assert.Equal([20.0, 30.0, 40.0], Hours().Select(hour => Assert.Single(hour.Pops, row => row.Pop == "APE").Rtt!.Value.P50));
    }

    [Fact]
    public void A_ping_between_two_pops_belongs_to_neither_and_its_hour_to_the_round_in_it()
    {
        Place(1);
        world.Asks(1, "AJ");
        world.Pings(1, 20);
        var table = Table();
        Assert.Equal("unknown", table.Pops[Assert.Single(table.Rtts, point => point.Source == RttSource.Ping).Pop]);
        Assert.Equal("APE", table.Pops[Assert.Single(table.Probes[0]).Pop]);
    }

    [Fact]
    public void Quantiles_are_exact_over_the_probes_and_red_begins_at_the_threshold()
    {
        Place(101);
        for (var probe = 1; probe <= 101; probe++)
        {
            world.Asks(probe, "A", rttMs: 100 + probe - 1);
        }

        var row = Assert.Single(Hours()[0].Pops);
        Assert.Equal(new RttSpread(100, 110, 150, 190, 195, 199), row.Rtt);
        Assert.Equal((100, 1), (row.Green, row.Red));
    }

    [Fact]
    public void A_change_of_pop_counts_in_the_hour_of_the_first_round_elsewhere()
    {
        Place(2);
        world.Asks(1, "AAAJJJ");
        world.Asks(2, "AAAJAA");
        Assert.Equal([3], Hours().Where(hour => hour.Flips.Count > 0).Select(hour => (int)(hour.Hour - (Monday.ToUnixTimeSeconds() / 3600))));
        Assert.Equal([("APE", "JNB", 1)], Hours()[3].Flips);
    }

    [Fact]
    public void Rows_of_a_country_share_it_among_its_attributed_probes()
    {
        Place(2);
        world.Place(3, "ZA");
        world.Asks(1, "A");
        world.Asks(2, "J");
        world.Asks(3, "J");
        Assert.Equal(["APE NL 0.5", "JNB NL 0.5", "JNB ZA 1"], Hours()[0].Countries.Select(row => FormattableString.Invariant($"{row.Pop} {row.Part} {row.Share}")));
    }

    [Fact]
    public void The_largest_ases_have_rows_of_their_own_and_the_rest_is_one()
    {
        for (var probe = 1; probe <= 6; probe++)
        {
            world.Place(probe, asn: probe switch { <= 3 => 64500, 4 => 64502, 5 => 64501, _ => null });
            world.Asks(probe, probe == 1 ? "J" : "A");
        }

        var table = Table();
        var asns = table.LargestAsns(2);
        Assert.Equal([64500u, 64501u], asns.Order());
        var hour = HourRollup.Of(table, 0, world.Target, asns);
        Assert.Equal(
            ["APE AS0 1 1", "APE AS64500 2 0.667", "APE AS64501 1 1", "APE other 1 1", "JNB AS64500 1 0.333"],
            hour.Asns.Select(row => FormattableString.Invariant($"{row.Pop} {row.Part} {row.Probes} {row.Share:0.###}")));
        Assert.Equal(hour.Asked, hour.Asns.Sum(row => row.Probes));
        Assert.Empty(HourRollup.Of(table, 0, world.Target).Asns);
    }

    [Fact]
    public void A_country_has_the_pop_of_most_of_its_probes_since_it_last_had_another()
    {
        Place(4);
        world.Asks(1, "AAJJJA");
        world.Asks(2, "AAJJJA");
        world.Asks(3, "AJJAJA");
        world.Asks(4, "AAAA--");
        var leaders = new Leaders();
        Assert.Equal(
            ["APE 1 4 h0", "APE 0.75 4 h0", "JNB 0.75 4 h2", "JNB 0.5 4 h2", "JNB 1 3 h2", "APE 1 3 h5"],
            Hours().Select(hour => Assert.Single(leaders.Advance(hour), leader => leader is { Scope: Leaders.Country, Value: "NL" }))
                .Select(leader => FormattableString.Invariant($"{leader.Pop} {leader.Share} {leader.Probes} h{leader.Since - (Monday.ToUnixTimeSeconds() / 3600)}")));
    }

    [Fact]
    public async Task An_hour_written_again_says_zero_for_what_it_no_longer_holds_and_for_pops_nobody_uses()
    {
        Place(1);
        world.Asks(1, "A");
        var former = new WrittenDay();
        former.Add(new HourRollup(1) { Countries = [new RollupRow("OLD", "NL")], Asns = [new RollupRow("OLD", "AS64500")], Flips = [("APE", "OLD", 1)] });
        var points = await PointsAsync(writer => writer.Write(world.Target, 4, Hours()[0], former, []));
        Assert.Equal(
            ["APE 1", "FMT 0", "JNB 0", "OLD 0", "interceptor 0", "unanswered 0", "unknown 0"],
            points.Where(point => point.Measurement == "catchment").Select(point => $"{Tag(point, "pop")} {point.Fields["probes"]}").Order(StringComparer.Ordinal));
        Assert.Equal(["APE 1", "OLD 0"], points.Where(point => point.Measurement == "catchment_country").Select(point => $"{Tag(point, "pop")} {point.Fields["probes"]}").Order(StringComparer.Ordinal));
        Assert.Equal(["APE 1", "OLD 0"], points.Where(point => point.Measurement == "catchment_asn").Select(point => $"{Tag(point, "pop")} {point.Fields["probes"]}").Order(StringComparer.Ordinal));
        Assert.Equal("APE OLD 0", Assert.Single(points.Where(point => point.Measurement == "flip").Select(point => $"{Tag(point, "from")} {Tag(point, "to")} {point.Fields["probes"]}")));
    }

    [Fact]
    public async Task Every_point_keeps_to_the_schema_in_the_order_of_its_tags_and_the_types_of_its_fields()
    {
        Place(3);
        world.Asks(1, "AAAJJJ");
        world.Asks(2, "------");
        world.Asks(3, "i?0AAA");
        world.Pings(1, 20, 30);
        var table = Table();
        var leaders = new Leaders();
        var points = await PointsAsync(writer =>
        {
            foreach (var hour in Hours())
            {
                writer.Write(world.Target, 4, hour, new WrittenDay(), leaders.Advance(hour));
            }

            foreach (var point in table.Rtts)
            {
                writer.Write(world.Target, 4, table, point);
            }

            writer.WriteMap(world.Target, 4, table, table.FromHour, table.Probes[0][0]);
            writer.Write(new Annotation(Monday, null, "prepended\n\"twice\""));
            writer.Write(new Annotation(Monday, "APE", "withdrawn"));
            writer.Write(new FindingMark("black-hole", "critical", "service", 4, "asn:64500"), "Nothing from AS64500", Monday, isOver: false, open: 1);
            writer.Write(new Collector.Store.StoredJob("collect") { Started = Monday, Ended = Monday.AddSeconds(1.5), Runs = 2, Error = "no answer" });
        });
        var schema = SeriesSchema.Measurements.ToDictionary(measurement => measurement.Name);
        Assert.Equal(schema.Keys.Order(), points.Select(point => point.Measurement).Distinct().Order());
        Assert.All(points, point =>
        {
            Assert.Equal(schema[point.Measurement].Tags.Where(tag => point.Tags.Any(one => one.Key == tag)), point.Tags.Select(tag => tag.Key));
            Assert.Subset(schema[point.Measurement].Fields.ToHashSet(), point.Fields.Keys.ToHashSet());
        });
        Assert.All(
            points.SelectMany(point => point.Fields.Select(field => (Key: (point.Measurement, field.Key), Type: field.Value.GetType()))).Distinct().GroupBy(pair => pair.Key),
            types => Assert.Single(types));
        Assert.Equal(points.Count, points.Select(point => (point.Measurement, string.Join(',', point.Tags), point.At)).Distinct().Count());
    }

    [Fact]
    public async Task The_first_run_knows_since_when_a_pop_leads_from_before_the_hours_that_it_writes()
    {
        Place(1);
        world.Asks(1, new string('J', 30) + new string('A', 210));
        using var folder = new TemporaryFolder();
        await using var sink = new Collected();
        var end = Monday.AddDays(10);
        await new SeriesUpdate(world.Store, new AnycastNetwork([World.Named], []), sink, WrittenMarks.Open(folder["written"], out _), 9, new global::Simulator.Server.SimulatorClock(end)).RunAsync(CancellationToken.None);
        var rows = sink.Points.Where(point => point.Measurement == "dominant").ToList();
        Assert.Equal(end.AddDays(-3).ToUnixTimeSeconds(), rows.Min(row => row.At) / 1_000_000_000);
        Assert.All(rows, row => Assert.Equal(("APE", Monday.AddHours(30).ToUnixTimeMilliseconds()), ((string)row.Fields["pop"], (long)row.Fields["since"])));
    }

    [Fact]
    public async Task A_finding_that_begins_or_ends_says_how_many_like_it_hold_from_then_on()
    {
        using var folder = new TemporaryFolder();
        await using var sink = new Collected();
        var update = new SeriesUpdate(world.Store, new AnycastNetwork([World.Named], []), sink, WrittenMarks.Open(folder["written"], out _), 9, TimeProvider.System);
        await update.WriteAsync([Silent("APE"), Silent("JNB"), Silent("JNB", family: 6)], Monday, CancellationToken.None);
        await update.WriteAsync([Silent("APE"), Silent("JNB", family: 6)], Monday.AddHours(1), CancellationToken.None);
        await update.WriteAsync([Silent("APE"), Silent("JNB", family: 6)], Monday.AddHours(2), CancellationToken.None);
        await update.WriteAsync([], Monday.AddHours(3), CancellationToken.None);
        Assert.Equal(
            ["0 4 pop:APE noticed 2", "0 4 pop:JNB noticed 2", "0 6 pop:JNB noticed 1", "1 4 pop:JNB over 1", "3 4 pop:APE over 0", "3 6 pop:JNB over 0"],
            sink.Points.Select(point => $"{(point.At / 3_600_000_000_000) - (Monday.ToUnixTimeSeconds() / 3600)} {Tag(point, "family")} {point.Fields["subject"]} {point.Fields["state"]} {point.Fields["open"]}").Order(StringComparer.Ordinal));

        static Finding Silent(string pop, int family = 4) =>
            new("pop-silent", Severity.Critical, "service", family, new Scope(ScopeKind.Pop, pop), Monday, Monday, null, null, 5, [], $"{pop} is silent", "");
    }

    /// <summary>What a database pays for: the series. 13,000 probes as a tag would be 78,000 of them times the PoPs each ever reached.</summary>
    [Fact]
    public async Task Series_do_not_grow_with_the_probes()
    {
        var pops = Enumerable.Range(0, 200).Select(number => new Pop($"P{number:000}", new GeoPoint(0, number))).ToList();
        var series = new HashSet<(string Measurement, string Tags)>();
        for (var address = 0; address < 6; address++)
        {
            var target = new Target($"service-{address / 2}") { Pops = pops };
            var family = address % 2 == 0 ? 4 : 6;
            var table = new HourTable(500_000, 1);
            var numbers = pops.ConvertAll(pop => table.NumberOf(pop.Code));
            for (var probe = 0; probe < 13_000; probe++)
            {
                var country = $"{(char)('A' + (probe % 180 / 26))}{(char)('A' + (probe % 180 % 26))}";

                // As on Atlas: a few hundred ASes have many probes each, some three thousand one or two.
                var asn = 64_500 + (uint)(3_600 * Math.Pow(probe / 13_000.0, 3));
                table.Catchments[probe] = new ProbeCatchment(probe) { Asn = asn, Probe = new Collector.Probes.Probe(probe) { Country = country, Position = GeoPoint.From(1, 1) } };

                // A country's probes are spread over some dozen PoPs.
                var pop = numbers[(probe % 180) + (probe / 180 % 14)];
                table.Probes[0].Add(new ProbeHour(probe, pop, 20));
                table.Rtts.Add(new AttributedRtt(1_800_000_000, probe, pop, RttSource.Ping, 20));
            }

            foreach (var point in await PointsAsync(writer =>
            {
                var rollup = HourRollup.Of(table, 0, target, table.LargestAsns(new TimeSeriesOptions().LargestAsns));
                writer.Write(target, family, rollup, new WrittenDay(), new Leaders().Advance(rollup));
                foreach (var rtt in table.Rtts)
                {
                    writer.Write(target, family, table, rtt);
                }

                foreach (var probe in table.Probes[0])
                {
                    writer.WriteMap(target, family, table, table.FromHour, probe);
                }
            }))
            {
                series.Add((point.Measurement, string.Join(',', point.Tags)));
            }
        }

        int Count(string measurement) => series.Count(one => one.Measurement == measurement);

        Assert.Equal(6, Count("coverage"));
        Assert.Equal(6 * (200 + 3), Count("catchment"));
        Assert.InRange(Count("probe_rtt"), 6 * 190, 6 * 203);
        Assert.InRange(Count("probe_map"), 6 * 190, 6 * 203);
        Assert.InRange(Count("catchment_country"), 6 * 180, 6 * 180 * 15);
        Assert.InRange(Count("catchment_asn"), 6 * 500, 6 * 500 * 20);
        Assert.Equal(6 * (180 + 500), Count("dominant"));
    }

    private void Place(int probes)
    {
        for (var probe = 1; probe <= probes; probe++)
        {
            world.Place(probe);
        }
    }

    private HourTable Table() => new HourReader(world.Store, new CatchmentReader(world.Store)).Read(world.Target, 4, world.Window);

    private List<HourRollup> Hours()
    {
        var table = Table();
        return [.. Enumerable.Range(0, 6).Where(index => table.Probes[index].Count > 0).Select(index => HourRollup.Of(table, index, world.Target, table.LargestAsns(9)))];
    }

    private static string Tag(Point point, string key) => point.Tags.Single(tag => tag.Key == key).Value;

    private static async Task<IReadOnlyList<Point>> PointsAsync(Action<PointWriter> write)
    {
        using var writer = new PointWriter();
        write(writer);
        await using var sink = new Collected();
        await writer.HandOverAsync(sink, default);
        return sink.Points;
    }

    private sealed class Collected : ITimeSeriesSink
    {
        public List<Point> Points { get; } = [];

        public SinkState State => new();

        public ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
        {
            var parsed = LineParser.Parse(lines.Span);
            Assert.Equal(points, parsed.Count);
            Assert.All(parsed, point => Assert.Equal(place, SeriesSchema.Measurements.Single(measurement => measurement.Name == point.Measurement).Place));
            Points.AddRange(parsed);
            return ValueTask.CompletedTask;
        }

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
