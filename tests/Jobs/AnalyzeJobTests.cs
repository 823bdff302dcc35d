using App.Jobs;
using Collector.Configuration;
using Collector.Geolocation;
using Collector.Measuring;
using Collector.Probes;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Worlds;
using Tests.Store;
using Xunit;

namespace Tests.Jobs;

public sealed class AnalyzeJobTests
{
    [Fact]
    public async Task The_present_is_the_last_24_hours_of_each_target_and_family()
    {
        await using var lab = await JobLab.StartAsync();
        Assert.Null(lab.Get<ICurrentAnalysis>().Last);
        await lab.MeasureAsync();
        await lab.MeasureAsync(6);
        lab.Now = JobLab.Start.AddDays(3);
        await lab.RunAsync("probes");
        await lab.RunAsync("collect");
        Assert.True(await lab.RunAsync("analyze"));
        var analysis = lab.Get<ICurrentAnalysis>().Last!;
        Assert.Equal((lab.Now, lab.Now.AddDays(-1), lab.Now), (analysis.At, analysis.Window.From, analysis.Window.To));
        Assert.Equal([4, 6], analysis.Catchments.Select(catchment => catchment.Family));
        Assert.All(analysis.Catchments, catchment => Assert.NotEmpty(catchment.Probes));
        Assert.All(analysis.Catchments.SelectMany(catchment => catchment.Probes).Where(probe => probe.Answered), probe => Assert.NotNull(probe.Asn));
    }

    [Fact]
    public async Task Before_the_first_results_the_present_is_empty_and_no_error()
    {
        await using var lab = await JobLab.StartAsync();
        Assert.True(await lab.RunAsync("analyze"));
        Assert.Empty(lab.Get<ICurrentAnalysis>().Last!.Catchments);
    }

    [Fact]
    public async Task A_list_of_no_probes_at_all_does_not_replace_those_known()
    {
        await using var lab = await JobLab.StartAsync();
        Assert.True(await lab.RunAsync("probes"));
        var known = lab.Store.Probes(lab.Now).Count;
        Assert.True(known >= 40);
        lab.Server.Faults.Script(global::Simulator.Server.SimulatorFault.CutBody);
        lab.Now += TimeSpan.FromDays(1);
        Assert.False(await lab.RunAsync("probes"));
        Assert.Equal(known, lab.Store.Probes(lab.Now).Count);
    }

    /// <summary>Analyses live in memory; what another process worked out, or this one before it was restarted, has to be worked out again.</summary>
    [Fact]
    public async Task An_analysis_that_took_place_elsewhere_is_made_up_for()
    {
        await using var lab = await JobLab.StartAsync();
        var keeper = new AnalysisKeeper(lab.Get<Analyst>(), lab.States, lab.Server.Clock, NullLogger<AnalysisKeeper>.Instance);
        Assert.False(await keeper.CatchUpAsync(default));

        lab.Now += TimeSpan.FromMinutes(1);
        lab.Store.SaveJob(new StoredJob("analyze") { Started = lab.Now, Ended = lab.Now, Succeeded = lab.Now, Instance = "elsewhere/1" });
        Assert.True(await keeper.CatchUpAsync(default));
        Assert.False(await keeper.CatchUpAsync(default));

        lab.Now += TimeSpan.FromMinutes(15);
        await lab.RunAsync("analyze");
        Assert.False(await keeper.CatchUpAsync(default));
        lab.Store.SaveJob(new StoredJob("analyze") { Started = lab.Now.AddMinutes(15), Ended = lab.Now.AddMinutes(15), Succeeded = lab.Now.AddMinutes(15), Instance = "elsewhere/1" });
        lab.Now += TimeSpan.FromMinutes(16);
        Assert.True(await keeper.CatchUpAsync(default));
    }

    [Fact]
    public async Task Another_GeoIP_database_has_the_present_worked_out_anew()
    {
        using var folder = new TemporaryFolder();
        SimulatedWorld.WriteGeoIp(folder["geoip"]);
        await using var lab = await JobLab.StartAsync(settings => settings with { GeoIp = new GeoIpOptions { City = folder["geoip/city.mmdb"] } });
        lab.Store.Placer = new ProbePlacer(lab.Get<IGeoDatabase>());
        var keeper = new AnalysisKeeper(lab.Get<Analyst>(), lab.States, lab.Server.Clock, NullLogger<AnalysisKeeper>.Instance);
        await lab.RunAsync("analyze");
        Assert.False(await keeper.CatchUpAsync(default));

        // Files are looked at once a second at most, by the real clock.
        var version = lab.Store.PlacesVersion;
        File.Move(folder["geoip/asn.mmdb"], folder["geoip/city.mmdb"], overwrite: true);
        Assert.True(SpinWait.SpinUntil(() => lab.Store.PlacesVersion != version, TimeSpan.FromMinutes(1)));
        Assert.True(await keeper.CatchUpAsync(default));
        Assert.False(await keeper.CatchUpAsync(default));
    }

    /// <summary>Plans choose by country and network, and say what they cover.</summary>
    [Fact]
    public async Task Probes_that_are_listed_for_a_plan_are_placed_too()
    {
        using var folder = new TemporaryFolder();
        SimulatedWorld.WriteGeoIp(folder["geoip"]);
        await using var lab = await JobLab.StartAsync(settings => settings with { GeoIp = new GeoIpOptions { City = folder["geoip/city.mmdb"], Asn = folder["geoip/asn.mmdb"] } });
        var listed = (await lab.Get<ProbeList>().FetchAsync()).ToDictionary(probe => probe.Id);
        var unplaced = SimulatedWorld.Probes.Where(probe => probe is { RegisteredPosition: null } && listed.GetValueOrDefault(probe.Id)?.AddressV4 is not null && World.GeoIpOf(probe) == GeoIpTruth.Right).ToList();
        Assert.NotEmpty(unplaced);
        Assert.All(unplaced, probe => Assert.Equal((probe.Country, PlaceOrigin.GeoIp, probe.AsnV4), (listed[probe.Id].Country, listed[probe.Id].PositionFrom, listed[probe.Id].AsnV4)));

        // What is kept of them is what Atlas said.
        lab.Get<ProbeList>().Keep(lab.Store, listed.Values);
        Assert.All(unplaced, probe => Assert.Null(lab.Store.Probes(lab.Now)[probe.Id].Country));
    }

    /// <summary>The world of the lab.</summary>
    private static World SimulatedWorld { get; } = World.Create(5, 40, 2);
}
