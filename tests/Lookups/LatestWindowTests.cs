using Analyzer.Time;
using Reports.Lookups;
using Tests.Catchments;
using Xunit;

namespace Tests.Lookups;

public sealed class LatestWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_ends_where_results_were_last_fetched_to()
    {
        var world = new World();
        world.Store.SetWatermark(World.Dns, Now.AddHours(-3).ToUnixTimeSeconds());
        world.Store.SetWatermark(World.Ping, Now.AddHours(-2).ToUnixTimeSeconds());
        Assert.Equal(new Window(Now.AddHours(-26), Now.AddHours(-2)), LatestWindow.Of(world.Store, [world.Target], Now));
    }

    [Fact]
    public void Imported_results_end_with_their_last_and_never_in_the_future()
    {
        var world = new World();
        world.Asks(1, "AAA");
        Assert.Equal(world.Window.From.AddHours(2).AddSeconds(1), LatestWindow.Of(world.Store, [world.Target], Now).To);
        world.Asks(2, "A", offsetSeconds: 400_000_000);
        Assert.Equal(Now, LatestWindow.Of(world.Store, [world.Target], Now).To);
    }

    [Fact]
    public void An_empty_store_leaves_the_last_day() => Assert.Equal(new Window(Now.AddDays(-1), Now), LatestWindow.Of(new World().Store, [new World().Target], Now));
}
