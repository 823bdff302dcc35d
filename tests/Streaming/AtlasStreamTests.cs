using Collector.Streaming;
using Simulator.Server;
using Xunit;

namespace Tests.Streaming;

/// <summary>The stream against the simulator's: another implementation of the same protocol.</summary>
public sealed class AtlasStreamTests
{
    [Fact]
    public async Task Results_arrive_when_Atlas_has_stored_them_and_are_those_of_a_download()
    {
        await using var fixture = await StreamFixture.StartAsync();
        fixture.Stream.Subscribe([fixture.Chaos, fixture.Ping]);
        fixture.Run();
        await fixture.Subscribed(2);

        fixture.Server.Clock.Now = StreamFixture.Begin.AddHours(3);
        var expected = await fixture.Downloaded(fixture.Chaos, StreamFixture.Begin);
        expected.AddRange(await fixture.Downloaded(fixture.Ping, StreamFixture.Begin));
        Assert.InRange(expected.Count, 250, 450);
        var got = await fixture.Lines(expected.Count);
        Assert.Equal(expected.Order(StringComparer.Ordinal), got.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Count, fixture.Stream.State.Results);
        Assert.NotNull(fixture.Stream.State.ConnectedSince);
    }

    [Fact]
    public async Task A_dropped_connection_is_made_again_with_its_subscriptions()
    {
        await using var fixture = await StreamFixture.StartAsync();
        fixture.Stream.Subscribe([fixture.Chaos, fixture.Ping]);
        fixture.Run();
        await fixture.Subscribed(2);

        fixture.Server.DropStreams();
        await fixture.Subscribed(2, connection: 2);
        fixture.Server.Clock.Now = StreamFixture.Begin.AddHours(1);
        Assert.NotEmpty(await fixture.Lines(60));
        Assert.NotNull(fixture.Stream.State.Problem);
    }

    [Fact]
    public async Task Measurements_come_and_go_on_a_connection_that_stays()
    {
        await using var fixture = await StreamFixture.StartAsync();
        fixture.Run();
        Assert.Equal(0, fixture.Server.Streams); // nothing is wanted, so nobody is bothered
        fixture.Stream.Subscribe([fixture.Chaos]);
        await fixture.Subscribed(1);
        fixture.Stream.Subscribe([fixture.Ping, fixture.Chaos]);
        await fixture.Subscribed(2);
        fixture.Stream.Subscribe([fixture.Ping]);
        await fixture.Subscribed(1);

        fixture.Server.Clock.Now = StreamFixture.Begin.AddHours(1);
        var expected = await fixture.Downloaded(fixture.Ping, StreamFixture.Begin);
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await fixture.Lines(expected.Count)).Order(StringComparer.Ordinal));
        Assert.Equal((1, 0), (fixture.Stream.State.Connections, fixture.Stream.State.Rejected));
    }

    [Fact]
    public async Task A_server_that_refuses_the_connection_is_asked_again()
    {
        var faults = new SimulatorFaults();
        await using var fixture = await StreamFixture.StartAsync(faults);
        faults.Script(SimulatorFault.TooManyRequests, SimulatorFault.ServerError);
        fixture.Stream.Subscribe([fixture.Chaos]);
        fixture.Run();
        await fixture.Subscribed(1);
        Assert.Contains("500", fixture.Stream.State.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_will_not_stream_is_said_and_the_rest_comes()
    {
        await using var fixture = await StreamFixture.StartAsync();
        fixture.Stream.Subscribe([fixture.Chaos, 77]);
        fixture.Run();
        await fixture.Subscribed(1);
        await Waiting.Until(() => fixture.Stream.State.Problem is not null, "the server objects");
        Assert.Contains("msm 77 is not a public measurement", fixture.Stream.State.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_store_costs_results_but_not_the_connection()
    {
        await using var fixture = await StreamFixture.StartAsync(limits: StreamFixture.Quick with { BatchResults = 10, QueuedBatches = 2 });
        fixture.Stream.Subscribe([fixture.Chaos]);
        fixture.Run();
        await fixture.Subscribed(1);
        fixture.Server.Clock.Now = StreamFixture.Begin.AddHours(3);
        var expected = await fixture.Downloaded(fixture.Chaos, StreamFixture.Begin);
        await Waiting.Until(() => fixture.Stream.State.Dropped == expected.Count - 20, "all but two batches are dropped");
        Assert.Equal(20, (await fixture.Lines(20)).Count);
        Assert.Equal((1, expected.Count), (fixture.Stream.State.Connections, fixture.Stream.State.Results));
    }

    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 1, 8)]
    [InlineData(9, 1, 256)]
    [InlineData(10, 1, 300)]
    [InlineData(10_000, 0, 150)]
    public void Pauses_double_up_to_five_minutes_and_half_of_them_is_chance(int failures, double chance, double seconds) =>
        Assert.Equal(seconds, new StreamLimits().PauseAfter(failures, chance).TotalSeconds, tolerance: 1e-9);
}
