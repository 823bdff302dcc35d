using Collector.Atlas;
using Collector.Configuration;
using Collector.Controls;
using Microsoft.Extensions.DependencyInjection;
using Simulator.Server;
using Simulator.Worlds;
using Xunit;

namespace Tests.Controls;

/// <summary>The controls over HTTP, from the simulator's built-in pings.</summary>
public sealed class AtlasControlReaderTests
{
    private const long Noon = SimulatedNetwork.End - 43_200;

    [Fact]
    public async Task Only_the_probes_and_the_time_in_question_are_read_of_K_and_L_root()
    {
        var world = World.Create(7, 60, 1);
        await using var server = await SimulatorServer.StartAsync(world, new SimulatorOptions { Time = new SimulatorClock(DateTimeOffset.FromUnixTimeSeconds(SimulatedNetwork.End)) }, CancellationToken.None);
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddAtlas(new AtlasOptions { BaseUrl = server.BaseUrl }).BuildServiceProvider();
        var reader = new AtlasControlReader(services.GetRequiredService<ResultFetcher>());
        int[] suspects = [.. world.Probes.Where(probe => !probe.Flags.Any()).Take(2).Select(probe => probe.Id)];

        var pings = await reader.ReadAsync([new ControlRequest(4, Noon, Noon + 3600, suspects)]);

        Assert.Equal(suspects, pings.Select(ping => ping.Probe).Distinct().Order());
        Assert.Equal(["k-root", "l-root"], pings.Select(ping => ping.Control).Distinct().Order(StringComparer.Ordinal));
        Assert.All(pings, ping => Assert.InRange(ping.At, Noon, Noon + 3599));

        // Every four minutes, an hour, two probes, two roots; hardly one is lost.
        Assert.InRange(pings.Count, 52, 60);
        Assert.InRange(pings.Count(ping => ping.IsAnswered), pings.Count - 4, pings.Count);
        Assert.Empty(await reader.ReadAsync([]));
        Assert.Empty(await reader.ReadAsync([new ControlRequest(4, Noon, Noon + 3600, [])]));
    }
}
