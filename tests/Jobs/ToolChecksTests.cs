using Analyzer.Findings;
using App.Jobs;
using Collector.Atlas;
using Simulator.Server;
using Xunit;

namespace Tests.Jobs;

/// <summary>The checks on the tool itself, through the service.</summary>
public sealed class ToolChecksTests
{
    [Fact]
    public async Task A_healthy_service_has_nothing_to_say_of_itself()
    {
        await using var lab = await RunningAsync();
        Assert.Empty(await FoundAsync(lab));
    }

    [Fact]
    public async Task A_measurement_that_Atlas_stopped_is_told_once_it_is_missed_though_reconcile_comes_at_night_only()
    {
        await using var lab = await RunningAsync();
        lab.Server.ForceToStop(lab.Store.Measurements()[0].Id);
        lab.Now += TimeSpan.FromHours(5);
        await lab.RunAsync("collect");
        var finding = Assert.Single(await FoundAsync(lab));
        Assert.Equal(("measurement-stopped", "ns-a", 4), (finding.Check, finding.Target, finding.Family));
        Assert.Contains("was stopped by Atlas at ", finding.Message, StringComparison.Ordinal);
        Assert.Equal(lab.Store.Measurements()[0].Stop, finding.From);
    }

    [Fact]
    public async Task A_measurement_that_goes_on_without_probes_brings_no_results()
    {
        await using var lab = await RunningAsync();
        var measurement = lab.Store.Measurements()[0];
        var atlas = lab.Get<IAtlasApi>();
        await atlas.RemoveProbesAsync(measurement.Id, [.. lab.Store.Probes(lab.Now).Keys]);
        lab.Now += TimeSpan.FromHours(2);
        await lab.RunAsync("collect");
        Assert.Empty(await FoundAsync(lab));

        lab.Now += TimeSpan.FromHours(2);
        await lab.RunAsync("collect");
        var finding = Assert.Single(await FoundAsync(lab));
        Assert.Equal(("no-results", "ns-a", 4, Severity.Warning), (finding.Check, finding.Target, finding.Family, finding.Severity));
        Assert.InRange(finding.SampleSize, 20, 40);
    }

    [Fact]
    public async Task When_Atlas_is_away_all_of_it_is_one_finding_that_goes_when_it_is_back()
    {
        await using var lab = await RunningAsync();
        lab.Now += TimeSpan.FromHours(5);
        lab.Server.Faults.Script(SimulatorFault.ServerError, SimulatorFault.ServerError);
        await lab.RunAsync("collect");
        var finding = Assert.Single(await FoundAsync(lab));
        Assert.Equal(("no-results", null, Scope.AllTargets, Severity.Critical), (finding.Check, finding.Target, finding.Scope, finding.Severity));
        Assert.Contains("it is the collecting or the way to Atlas", finding.Message, StringComparison.Ordinal);

        await lab.RunAsync("collect");
        Assert.Empty(await FoundAsync(lab));
    }

    [Fact]
    public async Task Credits_are_looked_at_every_hour_and_kept_for_those_who_may_not_ask()
    {
        await using var lab = await RunningAsync();
        lab.Server.Credits = 0;
        Assert.Empty(await FoundAsync(lab));

        lab.Now += TimeSpan.FromHours(1);
        await lab.RunAsync("collect");
        Assert.Equal(("credits-low", Severity.Critical), Assert.Single(await FoundAsync(lab)) is var finding ? (finding.Check, finding.Severity) : default);
        Assert.Equal(0, lab.Get<ICurrentAnalysis>().Last!.Tool!.Credits!.Balance);

        // Another process, with the same store and no key.
        Assert.Equal(0, Analyzer.Checks.ToolStateReader.Read(lab.Store, lab.Get<Collector.Network.AnycastNetwork>(), lab.Now).Credits!.Balance);
    }

    /// <summary>Two measurements of the configured target in each family, collected for two days and analyzed once.</summary>
    private static async Task<JobLab> RunningAsync()
    {
        var lab = await JobLab.StartAsync();
        await lab.MeasureAsync();
        await lab.MeasureAsync(6);
        lab.Now = JobLab.Start.AddDays(2);
        await lab.RunAsync("probes");
        await lab.RunAsync("collect");
        await lab.RunAsync("analyze");
        return lab;
    }

    private static async Task<IReadOnlyList<Finding>> FoundAsync(JobLab lab)
    {
        Assert.True(await lab.RunAsync("analyze"));
        return [.. lab.Get<ICurrentAnalysis>().Last!.Findings.Where(finding => Analyzer.Checks.CheckSuite.ToolNames.Contains(finding.Check))];
    }
}
