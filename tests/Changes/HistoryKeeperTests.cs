using System.Globalization;
using Analyzer.Comparisons;
using Collector.Configuration;
using Collector.Network;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Changes;
using Simulator.Server;
using Tests.Store;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Changes;

public sealed class HistoryKeeperTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly World world = new();
    private readonly SimulatorClock clock;
    private int read;

    public HistoryKeeperTests()
    {
        for (var probe = 1; probe <= 12; probe++)
        {
            world.Place(probe, asn: (uint)probe);
            world.Asks(probe, new string('A', 168));
        }

        world.Store.OnProbe = () => read++;
        clock = new SimulatorClock(world.Window.To);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Who_asks_finds_what_was_read_before_and_waits_for_nothing()
    {
        var history = History(new RoutingFiles(folder["routing"]));
        Keeper(history).Refresh(CancellationToken.None);
        Assert.True(history.Known("service", 4)!.Complete);
        Assert.Single(history.Annotations(null, CancellationToken.None));
        read = 0;
        Assert.Equal(7, history.Routing(World.Named, 4, TimeSpan.Zero, CancellationToken.None).Days.Windows.Count);
        Assert.Single(history.Annotations(null, CancellationToken.None));
        Assert.Equal(0, read);

        // Hours later nothing of it is new, and nothing is read again but what became of the change.
        clock.Now += TimeSpan.FromHours(1);
        Assert.True(history.Routing(World.Named, 4, TimeSpan.Zero, CancellationToken.None).Complete);
        Assert.Equal(0, read);
        history.Annotations(null, CancellationToken.None);
        Assert.NotEqual(0, read);
    }

    [Fact]
    public void A_question_reads_one_day_at_least_however_little_time_it_has_and_the_next_goes_on()
    {
        var history = History(new RoutingFiles(folder["routing"]));
        var days = Enumerable.Range(0, 9).Select(_ => history.Routing(World.Named, 4, TimeSpan.Zero, CancellationToken.None)).ToList();
        Assert.Equal("1 2 3 4 5 6 7 7 7", string.Join(' ', days.Select(routing => routing.Days.Windows.Count.ToString(CultureInfo.InvariantCulture))));
        Assert.Equal("False False False False False False False True True", string.Join(' ', days.Select(routing => routing.Complete)));
    }

    [Fact]
    public void Where_nothing_can_be_kept_the_keeper_comes_to_an_end_all_the_same()
    {
        File.WriteAllText(folder["routing"], "a file where a folder should be");
        var history = History(new RoutingFiles(folder["routing"]));
        Keeper(history).Refresh(CancellationToken.None);
        Assert.NotNull(history.Known("service", 4));
    }

    [Fact]
    public void Whoever_ends_the_service_ends_the_reading()
    {
        using var ending = new CancellationTokenSource();
        world.Store.OnProbe = ending.Cancel;
        Assert.ThrowsAny<OperationCanceledException>(() => Keeper(History(null)).Refresh(ending.Token));
    }

    private ChangeHistory History(RoutingFiles? files) => new(
        world.Store,
        new AnycastNetwork([World.Named], World.Named.Pops) { Annotations = [new Annotation(world.Window.From.AddDays(3), "APE", "New router")] },
        new ComparisonOptions(),
        files,
        clock);

    private HistoryKeeper Keeper(ChangeHistory history) => new(history, clock, NullLogger<HistoryKeeper>.Instance);
}
