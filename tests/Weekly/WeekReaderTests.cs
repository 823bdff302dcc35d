using Analyzer.Time;
using Collector.Atlas;
using Collector.Controls;
using Collector.Network;
using Reports.Weekly;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Weekly;

/// <summary>A service of one target, which has no other target for a control: three probes of a network get no answer for two days.</summary>
public sealed class WeekReaderTests
{
    private static readonly IsoWeek Week = new(2026, 46);
    private static readonly AnycastNetwork Network = new([World.Named], World.Named.Pops);

    private readonly World world = new();

    public WeekReaderTests()
    {
        foreach (var probe in new[] { 1, 2, 3, 4 })
        {
            world.Place(probe, asn: probe == 4 ? 64500u : 64501u);
            world.Asks(probe, probe == 4 ? new string('A', 168) : new string('A', 96) + new string('-', 48) + new string('A', 24), rttMs: 9);
        }
    }

    [Fact]
    public async Task A_black_hole_of_the_only_target_is_known_by_what_the_root_servers_answered()
    {
        var read = await new WeekReader(world.Store, Network, controls: new Controls()).ReadAsync(Week);
        Assert.True(read.HasRootControls);
        Assert.Equal("64501", Assert.Single(read.Findings, finding => finding.Check == "black-hole").Scope.Value);
    }

    [Fact]
    public async Task Without_an_answer_of_Atlas_the_week_is_read_all_the_same_and_says_what_it_lacks()
    {
        var told = new List<string>();
        var read = await new WeekReader(world.Store, Network, controls: new Controls { Problem = new AtlasException("no answer") }, tell: told.Add).ReadAsync(Week);
        Assert.False(read.HasRootControls);
        Assert.DoesNotContain(read.Findings, finding => finding.Check == "black-hole");
        Assert.Equal(["no answer"], told);
        Assert.Equal(4, Assert.Single(read.Catchments).Probes.Count);
    }

    [Fact]
    public async Task A_week_is_read_once_for_its_own_report_and_that_of_the_next()
    {
        var controls = new Controls();
        var weeks = new WeekReader(world.Store, Network, controls: controls);
        var first = await weeks.ReadAsync(Week);
        await weeks.ReadAsync(Week.Next);
        Assert.Same(first, await weeks.ReadAsync(Week));
        Assert.Equal(1, controls.Asked);
        Assert.All(first.Catchments.SelectMany(catchment => catchment.Probes), probe => Assert.Null(probe.Series));
    }

    private sealed class Controls : IControlReader
    {
        public AtlasException? Problem { get; init; }

        public int Asked { get; private set; }

        public Task<IReadOnlyList<ControlPing>> ReadAsync(IReadOnlyList<ControlRequest> requests, CancellationToken cancellationToken = default)
        {
            Asked++;
            return Problem is not null ? Task.FromException<IReadOnlyList<ControlPing>>(Problem) : Task.FromResult<IReadOnlyList<ControlPing>>(
            [
                .. from request in requests
                   from probe in request.Probes
                   from root in new[] { "k-root", "l-root" }
                   from hour in Enumerable.Range(0, (int)(request.To - request.From) / World.Hour)
                   select new ControlPing(root, probe, request.Family, request.From + (hour * World.Hour), true),
            ]);
        }
    }
}
