using Analyzer.Checks;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using Xunit;

namespace Tests.Checks;

public sealed class CatchmentShiftTests
{
    private static readonly CatchmentShift Check = new(new CatchmentShiftOptions(), new PopSilent(new PopSilentOptions()));
    private static readonly int[] Ten = [.. Enumerable.Range(1, 10)];
    private static readonly int[] Stayers = [.. Enumerable.Range(101, 20)];

    // The day before the window, and ten hours of it.
    private static readonly string Apeldoorn = new('A', 34);

    [Fact]
    public void A_PoP_that_takes_ten_probes_of_another_tells_where_they_came_from()
    {
        var finding = Assert.Single(Scene(Apeldoorn + "J").Asks("a", [11, 12], "J", fromHour: -24).Place([11, 12], "ZA", 64502, -26.1, 28).Find(Check));
        Assert.Equal(("catchment-shift", Severity.Warning, new Scope(ScopeKind.Pop, "JNB")), (finding.Check, finding.Severity, finding.Scope));
        Assert.Equal((12.0, 2.0, 32), (finding.Observed, finding.Expected, finding.SampleSize));
        Assert.Equal(Ten, finding.Probes);
        Assert.Equal(10 * Tests.Checks.Scene.Hour, finding.From.ToUnixTimeSeconds() - Tests.Checks.Scene.Start, 60.0);
        Assert.Equal(Tests.Checks.Scene.Window.To, finding.To);
        Assert.StartsWith(
            "JNB gained 10 probes of a over IPv4 from APE 10: it serves 12 of the 32 that were answered before and now, instead of 2. By country: the Netherlands 10; by network: AS64500 10. In the middle their PoP is 8,",
            finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_that_come_home_are_no_warning() =>
        Assert.Equal(Severity.Info, Assert.Single(Scene(new string('J', 34) + "A").Asks("a", [11, 12], "J", fromHour: -24).Find(Check)).Severity);

    [Fact]
    public void A_PoP_whose_clients_scatter_tells_it_itself()
    {
        var scene = Scene(Apeldoorn + "J", Ten[..4]).Asks("a", Ten[4..7], Apeldoorn + "L", fromHour: -24).Asks("a", Ten[7..], Apeldoorn + "S", fromHour: -24);
        var finding = Assert.Single(scene.Find(Check));
        Assert.Equal(new Scope(ScopeKind.Pop, "APE"), finding.Scope);
        Assert.StartsWith("APE lost 10 probes of a over IPv4 to JNB 4, LJU 3, SYD 3: it serves 20 of the 30 that were answered before and now, instead of 30.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lasts_for_six_hours_ends_when_they_are_back()
    {
        var finding = Assert.Single(Scene(Apeldoorn + "JJJJJJA").Find(Check));
        Assert.Equal(16 * Tests.Checks.Scene.Hour, finding.To.ToUnixTimeSeconds() - Tests.Checks.Scene.Start, 60.0);
    }

    [Fact]
    public void Two_rounds_are_weather() => Assert.Empty(Scene(Apeldoorn + "JJA").Find(Check));

    [Fact]
    public void Four_probes_are_too_few() => Assert.Empty(Scene(Apeldoorn + "J", Ten[..4]).Find(Check));

    [Fact]
    public void Who_alternates_has_not_moved() => Assert.Empty(Scene(Apeldoorn + string.Concat(Enumerable.Repeat("JJA", 20))).Find(Check));

    [Fact]
    public void Who_is_not_answered_any_more_has_not_moved() => Assert.Empty(Scene(Apeldoorn + "-").Find(Check));

    [Fact]
    public void The_guests_of_a_silent_PoP_are_told_of_there() => Assert.Empty(Scene(Apeldoorn + "LLLLLLA", others: Apeldoorn + "JJJJJJA").Find(Check));

    [Fact]
    public void Nothing_is_known_of_who_is_new() => Assert.Empty(Scene("J", Ten, fromHour: 0).Find(Check));

    private static Scene Scene(string rounds, int[]? movers = null, string others = "A", int fromHour = -24) =>
        new Scene().Place(Ten).Place(Stayers).Asks("a", movers ?? Ten, rounds, fromHour: fromHour).Asks("a", Stayers, others, fromHour: -24);
}
