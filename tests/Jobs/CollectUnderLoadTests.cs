using System.Collections.Concurrent;
using System.Net;
using Collector.Configuration;
using Tests.Web;
using Xunit;

namespace Tests.Jobs;

/// <summary>Collecting while everybody looks at the pages: nothing is lost, nothing is there twice, and health answers.</summary>
public sealed class CollectUnderLoadTests
{
    private const string Target = "service";

    private static readonly string[] Paths =
    [
        "/", "/lookup?q=NL", "/api/v1/targets", "/api/v1/probes", $"/api/v1/series?target={Target}&family=4", $"/api/v1/catchments?target={Target}&family=4&by=probe",
        "/api/v1/findings?since=-24h", "/metrics", "/health/ready",
    ];

    [Fact]
    public async Task What_is_collected_is_what_is_collected_in_peace()
    {
        var peace = await CollectAsync(isLoaded: false);
        Assert.NotEmpty(peace);
        Assert.Equal(peace, await CollectAsync(isLoaded: true));
    }

    private static async Task<IReadOnlyList<string>> CollectAsync(bool isLoaded)
    {
        await using var lab = await JobLab.StartAsync(settings => settings with { Network = settings.Network with { Targets = [settings.Network.Targets[0] with { Name = Target }] } });
        await lab.MeasureAsync();
        await lab.RunAsync(App.Jobs.JobNames.Probes);
        if (!isLoaded)
        {
            await lab.CollectUntilAsync(JobLab.Start.AddDays(2), TimeSpan.FromHours(2));
            return lab.Dump();
        }

        await using var host = await WebHost.StartAsync(new WebOptions { KeyHash = WebHost.HashOf(WebHost.Key), RequestsPerMinute = 1_000_000 }, store: lab.Store);
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentQueue<(string Path, HttpStatusCode Status)>();
        var visitors = Enumerable.Range(0, 8).Select(visitor => Task.Run(async () =>
        {
            for (var turn = visitor; !end.IsCancellationRequested; turn++)
            {
                using var answer = await host.GetAsync(Paths[turn % Paths.Length]);
                answers.Enqueue((Paths[turn % Paths.Length], answer.StatusCode));
            }
        })).ToList();
        var all = Task.WhenAll(visitors);
        while (answers.Count < visitors.Count)
        {
            Assert.False(all.IsFaulted, all.Exception?.ToString());
            await Task.Delay(10);
        }

        await lab.CollectUntilAsync(JobLab.Start.AddDays(2), TimeSpan.FromHours(2));
        await end.CancelAsync();
        await all;

        // Too many costly questions at once may be told so; nothing else goes wrong.
        Assert.All(answers, answer => Assert.True(
            answer.Status == HttpStatusCode.OK || (answer.Status == HttpStatusCode.TooManyRequests && answer.Path != "/health/ready"), $"{answer.Path}: {answer.Status}"));
        return lab.Dump();
    }
}
