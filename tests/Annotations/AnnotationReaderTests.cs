using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Tests.Checks;
using Xunit;
using SimulatedWorld = Simulator.Worlds.World;
using World = Tests.Catchments.World;

namespace Tests.Annotations;

public sealed class AnnotationReaderTests
{
    private static readonly DateTimeOffset Monday = new IsoWeek(2026, 46).Start;

    private readonly World world = new();

    public AnnotationReaderTests()
    {
        for (var probe = 1; probe <= 20; probe++)
        {
            world.Place(probe, asn: (uint)probe);

            // Two days at Johannesburg, then at home; half of them were at home all the time.
            world.Asks(probe, new string(probe <= 10 ? 'J' : 'A', 48) + new string('A', 72), rttMs: 100);
        }
    }

    [Fact]
    public void What_was_before_and_after_is_read_and_judged()
    {
        var told = new List<Comparison>();
        var verdict = Reader(Prepended).Read(Prepended, Monday.AddDays(7), (_, comparison) => told.Add(comparison));
        Assert.Equal((ChangeVerdict.AsIntended, ChangeIntent.Less, true, false), (verdict.Verdict, verdict.Intent!.Value, verdict.IsInferred, verdict.IsProvisional));
        Assert.Equal(new BeforeAfter(10, 0), Assert.Single(verdict.Services).Clients);
        Assert.Equal(Monday.AddDays(2).AddHours(2), Assert.Single(told).After.Window.From);
    }

    [Fact]
    public void What_the_operator_says_of_the_intent_is_above_what_the_text_says()
    {
        var change = Prepended with { Intent = ChangeIntent.More };
        var verdict = Reader(change).Read(change, Monday.AddDays(7));
        Assert.Equal((ChangeVerdict.Worse, ChangeIntent.More, false), (verdict.Verdict, verdict.Intent!.Value, verdict.IsInferred));
    }

    [Fact]
    public void A_change_of_tomorrow_and_one_of_this_hour_come_too_early()
    {
        var reader = Reader(Prepended);
        Assert.Equal("It has not been made yet.", Assert.Single(reader.Read(Prepended, Monday).Services).Text);
        var verdict = reader.Read(Prepended, Monday.AddDays(2).AddHours(3));
        Assert.Equal((ChangeVerdict.TooEarly, true), (verdict.Verdict, verdict.IsProvisional));
        Assert.Equal("Too little time has passed since.", verdict.Services[0].Text);
    }

    [Fact]
    public void Two_changes_within_hours_cannot_be_told_apart()
    {
        var next = new Annotation(Prepended.At.AddHours(4), "APE", "New peer");
        var verdict = Reader(Prepended, next).Read(Prepended, Monday.AddDays(7));
        Assert.Equal((ChangeVerdict.TooFew, false), (verdict.Verdict, verdict.IsProvisional));
        Assert.Equal("Another change is too near: there is no time that is this one's alone.", verdict.Services[0].Text);
    }

    [Fact]
    public void A_change_before_all_results_has_too_few_probes() =>
        Assert.Equal(ChangeVerdict.TooFew, Reader().Read(Prepended with { At = Monday.AddDays(-30) }, Monday.AddDays(7)).Verdict);

    [Fact]
    public void A_change_at_a_pop_that_serves_no_target_concerns_nobody()
    {
        var verdict = Reader().Read(Prepended with { Pop = "SYD" }, Monday.AddDays(7));
        Assert.Equal((ChangeVerdict.TooFew, 0), (verdict.Verdict, verdict.Services.Count));
    }

    [Fact]
    public void A_change_everywhere_has_the_intent_of_its_words_only_where_that_needs_no_pop()
    {
        Assert.Null(Reader().Read(Prepended with { Pop = null }, Monday.AddDays(7)).Intent);
        Assert.Equal(ChangeIntent.Faster, Reader().Read(Prepended with { Pop = null, Text = "New router for lower latency" }, Monday.AddDays(7)).Intent);
    }

    [Theory]
    [InlineData("100 AsIntended|100 NoEffect", ChangeVerdict.Partly)]
    [InlineData("100 AsIntended|10 Worse", ChangeVerdict.Partly)]
    [InlineData("100 AsIntended|110 Worse", ChangeVerdict.Worse)]
    [InlineData("100 NoEffect|10 Worse", ChangeVerdict.Worse)]
    [InlineData("100 AsIntended|5 TooFew|7 TooEarly", ChangeVerdict.AsIntended)]
    [InlineData("5 TooFew|7 TooEarly", ChangeVerdict.TooEarly)]
    [InlineData("5 TooFew", ChangeVerdict.TooFew)]
    [InlineData("9 Partly|9 NoEffect", ChangeVerdict.Partly)]
    public void All_targets_together_have_one_verdict(string services, ChangeVerdict expected) =>
        Assert.Equal(
            expected,
            new AnnotationVerdict(Prepended, ChangeIntent.Less, [.. services.Split('|').Select(service => service.Split(' ')).Select(words =>
                new ServiceVerdict("ns-a", 4, Enum.Parse<ChangeVerdict>(words[1])) { Text = "", Panel = int.Parse(words[0], null) })]).Verdict);

    /// <summary>The demo's third week: prepending did what it should; a note of a Thursday on which nothing was done has no effect; and bringing the new PoPs into service
    /// a week before did harm.</summary>
    [Fact]
    public void The_simulated_prepending_is_as_intended_an_idle_note_has_no_effect_and_the_opening_did_harm()
    {
        var simulated = SimulatedWorld.Create(11, 200, 3);
        var network = SimulatedWorld.Network(TimeSpan.FromHours(1), TimeSpan.FromHours(2));
        var target = network.Targets[0];
        var store = new Tests.Catchments.MemoryStore();
        SimulatedStore.Fill(store, simulated, target, 4, simulated.Start, simulated.End);
        var idle = new Annotation(Monday.AddDays(3).AddHours(12), "JNB", "Prepended once more");
        network = network with { Targets = [target], Annotations = [.. network.Annotations, idle] };
        var reader = new AnnotationReader(store, new CatchmentReader(store, network.IdentityTemplates), network, new ComparisonOptions());
        var verdicts = network.Annotations.Select(change => reader.Read(change, Monday.AddDays(14)));
        Assert.Equal([ChangeVerdict.Worse, ChangeVerdict.AsIntended, ChangeVerdict.NoEffect], verdicts.Select(verdict => verdict.Verdict));
    }

    [Fact]
    public void A_store_that_cannot_be_read_is_said_to_be_just_that()
    {
        world.Store.OnProbe = () => throw new IOException("the disk is gone");
        Assert.Equal("the disk is gone", Assert.Throws<IOException>(() => Reader(Prepended).Read(Prepended, Monday.AddDays(7))).Message);
    }

    private static Annotation Prepended { get; } = new(Monday.AddDays(2), "JNB", "Prepended three times");

    private AnnotationReader Reader(params Annotation[] changes) => new(
        world.Store,
        new CatchmentReader(world.Store),
        new AnycastNetwork([World.Named], World.Named.Pops) { Annotations = changes },
        new ComparisonOptions());
}
