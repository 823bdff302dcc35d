using Collector.Atlas;
using Collector.Configuration;
using Collector.Measuring;
using Collector.Network;
using Collector.Probes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Xunit;

namespace Tests.Measuring;

/// <summary>An apply that ends at any request, before it is sent or with its answer lost, as by kill −9, and another one that goes on from there.</summary>
public sealed class InterruptionTests
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    private static readonly ProbeSelectionOptions Twenty = new() { Count = 20 };

    private static readonly AnycastNetwork Hourly = World.Network();

    private static readonly AnycastNetwork Slower = World.Network(TimeSpan.FromHours(2), TimeSpan.FromHours(3));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_first_apply_that_ends_anywhere_creates_nothing_twice(bool afterwards)
    {
        var ended = 0;
        for (var isEnded = true; isEnded; ended++)
        {
            await using var server = await SimulatorServer.StartAsync(Small.Value);
            var probes = await ProbesAsync(server);
            isEnded = await ApplyAsync(server, probes, Hourly, new Ender(ended, afterwards));
            await ApplyAsync(server, probes, Hourly);
            await IsAsPlannedAsync(server, probes, Hourly);
        }

        Assert.InRange(ended, 8, 20);
    }

    [Theory]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    [InlineData(false, 12)]
    [InlineData(true, 12)]
    public async Task A_change_of_all_intervals_that_ends_anywhere_ends_well(bool afterwards, int running)
    {
        var ended = 0;
        for (var isEnded = true; isEnded; ended += 2)
        {
            await using var server = await SimulatorServer.StartAsync(Small.Value, new SimulatorOptions { MaximumMeasurements = running });
            var probes = await ProbesAsync(server);
            await ApplyAsync(server, probes, Hourly);
            isEnded = await ApplyAsync(server, probes, Slower, new Ender(ended, afterwards), running);
            await ApplyAsync(server, probes, Slower, null, running);
            await IsAsPlannedAsync(server, probes, Slower);
        }

        // A list, twelve measurements to look at, six requests that create, twelve that stop, a list.
        Assert.InRange(ended, 32, 36);
    }

    /// <summary>A cut answer comes after the creation, the others instead of it; which, only Atlas' list can tell.</summary>
    [Theory]
    [InlineData(SimulatorFault.CutBody)]
    [InlineData(SimulatorFault.ServerError)]
    [InlineData(SimulatorFault.WrongJson)]
    [InlineData(SimulatorFault.TooManyRequests)]
    public async Task One_request_that_fails_creates_nothing_twice(SimulatorFault fault)
    {
        for (var before = 0; before < 9; before++)
        {
            await using var server = await SimulatorServer.StartAsync(Small.Value);
            var probes = await ProbesAsync(server);
            var options = new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key };
            var fixture = new AtlasFixture(options, realNetwork: true);
            var deployer = new MeasurementDeployer(fixture.Atlas, options, fixture.Time, NullLogger<MeasurementDeployer>.Instance);
            server.Faults.Script(Enumerable.Repeat(SimulatorFault.None, before).Append(fault));
            try
            {
                await deployer.ApplyAsync(await deployer.PlanAsync(Hourly, Twenty, probes));
            }
            catch (AmbiguousCreationException)
            {
                // Not there, as far as the list tells: the operator's turn.
            }

            await ApplyAsync(server, probes, Hourly);
            await IsAsPlannedAsync(server, probes, Hourly);
            Assert.Equal(1, server.Faults.Counts[fault]);
        }
    }

    private static async Task IsAsPlannedAsync(SimulatorServer server, IReadOnlyList<Probe> probes, AnycastNetwork network)
    {
        var deployer = Deployer(server, null, 100);
        var plan = await deployer.PlanAsync(network, Twenty, probes);
        Assert.True(plan.IsDone);
        Assert.Equal(12, plan.Unchanged.Count);
    }

    /// <returns>Whether it ended before its end.</returns>
    private static async Task<bool> ApplyAsync(SimulatorServer server, IReadOnlyList<Probe> probes, AnycastNetwork network, Ender? ender = null, int running = 100)
    {
        var deployer = Deployer(server, ender, running);
        try
        {
            await deployer.ApplyAsync(await deployer.PlanAsync(network, Twenty, probes));
            return false;
        }
        catch (EndedException)
        {
            return true;
        }
    }

    private static MeasurementDeployer Deployer(SimulatorServer server, Ender? ender, int running)
    {
        var options = new AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key, Limits = new AtlasLimits { Running = running } };
        var services = new ServiceCollection();
        services.AddAtlas(options);
        services.AddHttpClient<IAtlasApi, AtlasClient>().AddHttpMessageHandler(() => ender ?? new Ender(int.MaxValue, afterwards: false));
        return new MeasurementDeployer(services.BuildServiceProvider().GetRequiredService<IAtlasApi>(), options, TimeProvider.System, NullLogger<MeasurementDeployer>.Instance);
    }

    private static Task<IReadOnlyList<Probe>> ProbesAsync(SimulatorServer server)
    {
        var fixture = new AtlasFixture(new AtlasOptions { BaseUrl = server.BaseUrl }, realNetwork: true);
        return new ProbeList(fixture.Atlas, fixture.Time).FetchAsync();
    }

    private sealed class EndedException : Exception;

    private sealed class Ender(int last, bool afterwards) : DelegatingHandler
    {
        private int seen;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isLast = seen++ == last;
            if (isLast && !afterwards)
            {
                throw new EndedException();
            }

            var response = await base.SendAsync(request, cancellationToken);
            return isLast ? throw new EndedException() : response;
        }
    }
}
