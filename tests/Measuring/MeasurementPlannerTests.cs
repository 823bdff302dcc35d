using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Geography;
using Collector.Measuring;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Xunit;

namespace Tests.Measuring;

public sealed class MeasurementPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly Target Dual = new("ns1")
    {
        IPv4 = IPAddress.Parse("192.0.2.53"),
        IPv6 = IPAddress.Parse("2001:db8::53"),
    };

    private static readonly AtlasOptions Options = new() { Tag = "ours" };

    private static readonly List<Probe> Probes =
    [
        .. Enumerable.Range(1, 2000).Select(id => new Probe(id)
        {
            Status = ProbeStatus.Connected,
            Country = "NL",
            AsnV4 = (uint)(64500 + (id % 50)),
            AsnV6 = (uint)(64500 + (id % 50)),
            Tags = id % 2 == 0 ? ["system-ipv4-works", "system-ipv6-works"] : ["system-ipv4-works"],
        }),
    ];

    /// <summary>The figures are the design's: three targets with the defaults make 86,400 results and 561,600 credits a day.</summary>
    [Fact]
    public void Three_targets_with_the_defaults_fit_into_the_limits_of_an_account()
    {
        var plan = Plan([Dual, Dual with { Name = "ns2" }, Dual with { Name = "ns3" }]);
        Assert.Empty(plan.Problems);
        Assert.Equal(new Usage(12, 86_400, 561_600), plan.Totals);
        Assert.All(plan.Create, planned => Assert.Equal(300, planned.Probes.Count));
        Assert.All(plan.Create.Where(planned => planned.Definition.Family == 6), planned => Assert.All(planned.Probes, id => Assert.Equal(0, id % 2)));
    }

    /// <summary>The design's example of what is too much: 1,000 probes, both families, every 30 minutes: 96,000 by CHAOS alone.</summary>
    [Fact]
    public void More_results_than_the_account_may_have_are_refused_in_words()
    {
        var plan = Plan([Dual with { DnsInterval = TimeSpan.FromMinutes(30) }], count: 1000);
        Assert.Equal(96_000, plan.Create.Where(planned => planned.Definition.Kind == MeasurementKind.Dns).Sum(planned => planned.ResultsPerDay));
        Assert.Equal(144_000, plan.Totals.ResultsPerDay);
        Assert.Contains("144,000 results a day", plan.Problems[0], StringComparison.Ordinal);
        Assert.Contains("Atlas:Limits:ResultsPerDay allows 100,000", plan.Problems[0], StringComparison.Ordinal);
    }

    /// <summary>Whether it is true that it fits is found out by doing it: with one probe more, or a shorter interval, it does not.</summary>
    [Theory]
    [InlineData(100_000, 1_000_000)]
    [InlineData(50_000, 1_000_000)]
    [InlineData(100_000, 200_000)]
    public void What_is_said_to_fit_fits_and_nothing_more(long results, long credits)
    {
        var atlas = Options with { Limits = new AtlasLimits { ResultsPerDay = results, CreditsPerDay = credits } };
        var network = new AnycastNetwork([Dual with { DnsInterval = TimeSpan.FromMinutes(30) }, Dual with { Name = "ns2", PingInterval = TimeSpan.FromMinutes(10) }], []);
        MeasurementPlan With(int count, AnycastNetwork network) => MeasurementPlanner.Plan(network, atlas, new ProbeSelectionOptions { Count = count }, Probes, [], Now);

        var remedy = With(300, network).Remedy!;
        Assert.Empty(With(remedy.Count!.Value, network).Problems);
        Assert.NotEmpty(With(remedy.Count.Value + 1, network).Problems);
        Assert.Empty(With(300, PlanLimits.Slowed(network, remedy.Interval!.Value)).Problems);
        Assert.NotEmpty(With(300, PlanLimits.Slowed(network, remedy.Interval.Value - TimeSpan.FromMinutes(5))).Problems);
    }

    [Fact]
    public void Where_nothing_helps_nothing_is_promised()
    {
        var plan = Plan([Dual], atlas: Options with { Limits = new AtlasLimits { ResultsPerDay = 3 } });
        Assert.Null(plan.Remedy);
        Assert.EndsWith("neither fewer probes nor longer intervals help; fewer targets or names do", plan.Problems[0], StringComparison.Ordinal);
    }

    /// <summary>1,000 probes at once would be 20 s of 50 results each: Atlas spreads them over half the interval.</summary>
    [Fact]
    public void More_results_a_second_than_a_measurement_may_bring_are_refused()
    {
        var atlas = Options with { Limits = new AtlasLimits { ResultsPerDay = 1_000_000_000, CreditsPerDay = 1_000_000_000, ProbesPerMeasurement = 2_000 } };
        var target = Dual with { IPv6 = null, DnsInterval = TimeSpan.FromMinutes(1), PingInterval = TimeSpan.FromMinutes(2) };
        Assert.Empty(Plan([target], count: 1_500, atlas: atlas).Problems);
        Assert.Equal(
            ["id.server of ns1 over IPv4 would bring 51 results a second (1,501 probes over 30 s); Atlas:Limits:ResultsPerSecond allows 50: fewer probes (Probes:Count) or a longer interval"],
            Plan([target], count: 1_501, atlas: atlas).Problems);
    }

    [Fact]
    public void An_interval_shorter_than_atlas_takes_is_refused()
    {
        var plan = Plan([Dual with { IPv6 = null }], atlas: Options with { Limits = new AtlasLimits { ShortestInterval = TimeSpan.FromHours(2) } });
        Assert.Equal("id.server of ns1 over IPv4 would run every 01:00:00; Atlas:Limits:ShortestInterval allows 02:00:00: a longer interval", plan.Problems[0]);
    }

    [Fact]
    public void The_unicast_addresses_of_pops_that_serve_are_pinged_under_a_name_of_their_own()
    {
        var fremont = new Pop("FMT", new GeoPoint(37, -122)) { Unicast = ["198.51.100.1", "2001:db8:f::1", "198.51.100.2"] };
        var later = new Pop("SYD", new GeoPoint(-34, 151)) { Unicast = ["198.51.100.3"], Since = Now.AddDays(1) };
        var elsewhere = new Pop("TYO", new GeoPoint(36, 140)) { Unicast = ["198.51.100.4"] };
        var target = Dual with { IPv6 = null, Pops = [fremont, later] };
        MeasurementPlan With(params AtlasMeasurement[] account) => MeasurementPlanner.Plan(
            new AnycastNetwork([target], [fremont, later, elsewhere]), Options, new ProbeSelectionOptions { Count = 100 }, Probes, account, Now);

        var plan = With();
        var unicast = plan.Create.Where(planned => planned.Target == "unicast/FMT").ToList();
        Assert.Equal(["ours unicast/FMT ping4 198.51.100.1", "ours unicast/FMT ping4 198.51.100.2"], unicast.Select(planned => planned.Definition.Description));
        Assert.Equal(4, plan.Create.Count);
        Assert.All(unicast, planned => Assert.Equal((43_200, 200, 600), (planned.IntervalSeconds, planned.ResultsPerDay, planned.CreditsPerDay)));
        Assert.All(unicast, planned => Assert.Equal(plan.Create[0].Probes, planned.Probes));

        Assert.True(With(Running(plan)).IsDone);
        Assert.Equal(4, MeasurementPlanner.Destroy(Options, Running(plan)).Stop.Count);
        Assert.Equal(["ns1", "unicast/FMT", "unicast/SYD"], UnicastTarget.AndTargets(new AnycastNetwork([target], [fremont, later])).Order(StringComparer.Ordinal));
        Assert.Equal(["ns1", "ns1", "unicast/FMT", "unicast/FMT"], Running(plan).Select(measurement => MeasurementPlanner.TargetOf(measurement, "ours")));
    }

    [Fact]
    public void Coverage_counts_countries_and_ases_and_names_the_largest_that_are_missed()
    {
        List<Probe> probes =
        [
            .. Enumerable.Range(1, 30).Select(id => new Probe(id) { Status = ProbeStatus.Connected, Country = "NL", AsnV4 = 64500, Tags = ["system-ipv4-works"] }),
            new(40) { Status = ProbeStatus.Connected, Country = "IN", AsnV4 = 64501, Tags = ["system-ipv4-works"] },
            new(41) { Status = ProbeStatus.Connected, Country = "US", AsnV4 = 64502, Tags = ["system-ipv4-works"] },
            new(42) { Status = ProbeStatus.Connected, Country = "US", AsnV4 = 64502, Tags = ["system-ipv4-works"] },
            new(43) { Status = ProbeStatus.Disconnected, Country = "CN", AsnV4 = 64503, Tags = ["system-ipv4-works"] },
        ];
        var coverage = ProbeCoverage.Of(4, [probes[0], probes[1], probes[30]], probes);
        Assert.Equal((3, new CoveredOf(2, 1), new CoveredOf(2, 1)), (coverage.Probes, coverage.Countries, coverage.Networks));
        Assert.Equal([new MissedNetwork(64502, 2)], coverage.MissedNetworks);

        // China, the largest of all, has no probe that is connected; the United States have two that were not selected.
        Assert.Equal([("CN", 0), ("US", 2)], coverage.MissedCountries.Take(2).Select(missed => (missed.Country, missed.Probes)));
        Assert.InRange(coverage.UserShare, 0.1, 0.25);
        Assert.Equal(["43", "AS64502"], ProbeCoverage.Of(4, [probes[0]], probes, ["NL", "43", "AS64502", "1"]).NotFound);
    }

    [Fact]
    public void What_others_on_the_account_use_counts()
    {
        AtlasMeasurement[] account =
        [
            new(1) { Status = MeasurementStatus.Ongoing, Tags = ["theirs"], EstimatedResultsPerDay = 80_000, CreditsPerResult = 10 },
            new(2) { Status = MeasurementStatus.Stopped, Tags = ["theirs"], EstimatedResultsPerDay = 80_000, CreditsPerResult = 10 },
        ];
        var plan = Plan([Dual], account: account);
        Assert.Equal(new Usage(1, 80_000, 800_000), plan.Others);
        Assert.Equal(28_800, plan.Totals.ResultsPerDay);
        Assert.Equal(["108,800 results a day would come (80,000 by measurements of the account that are not ours)"], plan.Problems.Select(problem => problem.Split(';')[0]));
        Assert.Empty(plan.Stop);
    }

    [Fact]
    public void Too_many_measurements_and_credits_are_refused_too()
    {
        var many = Enumerable.Range(1, 26).Select(index => Dual with { Name = $"ns{index}", IPv6 = null }).ToArray();
        var atlas = Options with { Limits = new AtlasLimits { Running = 51, CreditsPerDay = 1000 } };
        var plan = Plan(many, atlas: atlas);
        Assert.Equal(52, plan.Totals.Running);
        Assert.Contains(plan.Problems, problem => problem.StartsWith("192.0.2.53 would have 26 DNS measurements; Atlas:Limits:MeasurementsPerTarget allows 25", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, problem => problem.StartsWith("192.0.2.53 would have 26 ping measurements", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, problem => problem.StartsWith("52 measurements would run; Atlas:Limits:Running allows 51", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, problem => problem.Contains("credits a day", StringComparison.Ordinal));
    }

    [Fact]
    public void No_probe_for_a_family_is_a_problem()
    {
        var plan = MeasurementPlanner.Plan(new([Dual], []), Options, new(), Probes.Where(probe => probe.Id % 2 == 1).ToList(), [], Now);
        Assert.Contains("none of 1000 probes is connected and has working IPv6", plan.Problems);
    }

    [Fact]
    public void Descriptions_tell_measurements_apart()
    {
        var plan = Plan([Dual with { Identity = ["id.server", "hostname.bind"] }]);
        Assert.Equal(
            ["ours ns1 dns4 id.server", "ours ns1 dns4 hostname.bind", "ours ns1 ping4", "ours ns1 dns6 id.server", "ours ns1 dns6 hostname.bind", "ours ns1 ping6"],
            plan.Create.Select(planned => planned.Definition.Description));
        Assert.All(plan.Create, planned => Assert.Equal(["ours"], planned.Definition.Tags));
    }

    [Fact]
    public void What_runs_as_planned_is_left_alone()
    {
        var first = Plan([Dual]);
        var again = Plan([Dual], account: Running(first));
        Assert.True(again.IsDone);
        Assert.Equal([100L, 101L, 102L, 103L], again.Unchanged.Select(running => running.Id));
        Assert.Equal(first.Totals, again.Totals);
    }

    [Fact]
    public void Another_interval_or_address_is_a_change_where_a_new_one_takes_the_place_of_the_old()
    {
        var running = Running(Plan([Dual]));
        var plan = Plan([Dual with { PingInterval = TimeSpan.FromHours(2), IPv6 = IPAddress.Parse("2001:db8::54") }], account: running);
        Assert.Equal(
            [(101L, "ours ns1 ping4"), (102L, "ours ns1 dns6 id.server"), (103L, "ours ns1 ping6")],
            plan.Replace.Select(replaced => (replaced.Id, replaced.Wanted.Definition.Description)));
        Assert.Empty(plan.Create);
        Assert.Empty(plan.Stop);
        Assert.Single(plan.Unchanged);
        Assert.Equal(4, plan.Totals.Running);
    }

    /// <summary>An apply that ended between the two leaves both.</summary>
    [Fact]
    public void The_old_one_beside_the_new_is_stopped()
    {
        var slower = Dual with { IPv6 = null, PingInterval = TimeSpan.FromHours(2) };
        var old = Running(Plan([Dual with { IPv6 = null }]));
        var both = old.Append(Running(Plan([slower]))[1] with { Id = 200 }).ToArray();
        var plan = Plan([slower], account: both);
        Assert.Equal([100L, 200L], plan.Unchanged.Select(running => running.Id));
        Assert.Equal([101L], plan.Stop.Select(measurement => measurement.Id));
        Assert.Empty(plan.Replace);
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void What_is_no_longer_wanted_is_stopped_and_nobody_elses()
    {
        AtlasMeasurement[] account =
        [
            .. Running(Plan([Dual with { IPv6 = null }])),
            new(7) { Status = MeasurementStatus.Ongoing, Tags = ["theirs"], Description = "ours ns1 ping4" },
            new(8) { Status = MeasurementStatus.Ongoing, Tags = ["ours-2"] },
        ];
        var plan = Plan([], account: account);
        Assert.Equal([100L, 101L], plan.Stop.Select(measurement => measurement.Id));
        Assert.Equal([100L, 101L], MeasurementPlanner.Destroy(Options, account).Stop.Select(measurement => measurement.Id));
    }

    [Fact]
    public void Of_doubles_the_older_stays()
    {
        var once = Running(Plan([Dual with { IPv6 = null }]));
        var plan = Plan([Dual with { IPv6 = null }], account: [.. once.Select(measurement => measurement with { Id = measurement.Id + 100 }), .. once]);
        Assert.Equal([100L, 101L], plan.Unchanged.Select(running => running.Id));
        Assert.Equal([200L, 201L], plan.Stop.Select(measurement => measurement.Id));
    }

    [Fact]
    public void A_probe_that_went_away_is_replaced_in_the_running_measurement()
    {
        var running = Running(Plan([Dual with { IPv6 = null }]));
        var gone = running[0].Probes![0];
        var plan = MeasurementPlanner.Plan(
            new([Dual with { IPv6 = null }], []), Options, new(), [.. Probes.Where(probe => probe.Id != gone)], running, Now);
        Assert.Equal(2, plan.Change.Count);
        Assert.All(plan.Change, change => Assert.Equal([gone], change.Remove));
        Assert.All(plan.Change, change => Assert.Single(change.Add));
    }

    [Fact]
    public void Participants_that_atlas_does_not_tell_are_no_difference()
    {
        var running = Running(Plan([Dual])).Select(measurement => measurement with { Probes = null, TargetIp = null, IntervalSeconds = null, QueryArgument = null });
        Assert.True(Plan([Dual], account: [.. running]).IsDone);
    }

    [Fact]
    public void More_probes_than_one_measurement_takes_are_dealt_out_and_stay_where_they_are()
    {
        var atlas = Options with { Limits = new AtlasLimits { ProbesPerMeasurement = 120 } };
        var target = Dual with { IPv6 = null };
        var plan = Plan([target], atlas: atlas);
        Assert.Equal(
            ["ours ns1 dns4 id.server", "ours ns1 ping4", "ours ns1 dns4 id.server #2", "ours ns1 ping4 #2", "ours ns1 dns4 id.server #3", "ours ns1 ping4 #3"],
            plan.Create.Select(planned => planned.Definition.Description));
        Assert.All(plan.Create, planned => Assert.InRange(planned.Probes.Count, 1, 120));
        Assert.Equal(300, plan.Create.Where(planned => planned.Query is null).SelectMany(planned => planned.Probes).Distinct().Count());
        Assert.True(Plan([target], atlas: atlas, account: Running(plan)).IsDone);

        var gone = plan.Create[0].Probes[0];
        var after = MeasurementPlanner.Plan(new([target], []), atlas, new(), [.. Probes.Where(probe => probe.Id != gone)], Running(plan), Now);
        Assert.Equal(2, after.Change.Count(change => change.Remove.Count > 0));
        Assert.Equal(2, after.Change.Sum(change => change.Remove.Count));
        Assert.Equal(2, after.Change.Sum(change => change.Add.Count));
        Assert.Empty(after.Create);
    }

    [Fact]
    public void Followed_targets_are_read_not_made()
    {
        var plan = Plan([Dual with { Follow = new Follow([10310], [], [1001], [2001]) }]);
        Assert.Empty(plan.Create);
        Assert.Equal(
            [new(10310, "ns1", MeasurementKind.Dns, 4), new(1001, "ns1", MeasurementKind.Ping, 4), new FollowedMeasurement(2001, "ns1", MeasurementKind.Ping, 6)],
            plan.Follow);
    }

    private static MeasurementPlan Plan(Target[] targets, int count = 300, AtlasOptions? atlas = null, AtlasMeasurement[]? account = null) =>
        MeasurementPlanner.Plan(new AnycastNetwork(targets, []), atlas ?? Options, new ProbeSelectionOptions { Count = count }, Probes, account ?? [], Now);

    /// <summary>What Atlas would list after a plan was carried out.</summary>
    private static AtlasMeasurement[] Running(MeasurementPlan plan) =>
    [
        .. plan.Create.Select((planned, index) => new AtlasMeasurement(100 + index)
        {
            Type = planned.Definition.Kind == MeasurementKind.Ping ? "ping" : "dns",
            Family = planned.Definition.Family,
            Status = MeasurementStatus.Ongoing,
            TargetIp = planned.Definition.Target,
            Description = planned.Definition.Description,
            Tags = planned.Definition.Tags,
            IntervalSeconds = planned.IntervalSeconds,
            QueryArgument = planned.Query,
            Probes = planned.Probes,
        }),
    ];
}
