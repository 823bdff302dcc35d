using System.Globalization;
using Tests.Store;
using Xunit;

namespace Tests.Soak;

/// <summary>The service for days and weeks, in minutes. <c>MEASUREMENT_SOAK=14</c> runs the long one, of so many days.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    /// <summary>A weekend and its Monday morning, with the report.</summary>
    [Fact]
    public Task After_kills_faults_and_an_outage_the_store_holds_what_was_delivered() => RunAsync(
        new SoakPlan(new(2026, 11, 7, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(48), Speed: 5000, Kills: 4, KillsUntil: 0.8, Seed: 8038));

    [Fact]
    public Task The_same_over_weeks()
    {
        var days = Environment.GetEnvironmentVariable("MEASUREMENT_SOAK");
        Assert.SkipWhen(string.IsNullOrEmpty(days), "MEASUREMENT_SOAK says how many days, such as 14; they take about ten minutes");
        return RunAsync(new SoakPlan(
            new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(int.Parse(days!, CultureInfo.InvariantCulture)) + TimeSpan.FromHours(12),
            Speed: 2000, Kills: 20, KillsUntil: 0.6, Seed: 14));
    }

    private async Task RunAsync(SoakPlan plan)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "it holds processes up and reads their memory, as Linux does it");
        using var folder = new TemporaryFolder();
        await new SoakRun(plan, folder.Root, output.WriteLine).RunAsync();
    }
}
