using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Time;
using Collector.Network;
using Collector.Probes;
using Xunit;
using World = Tests.Catchments.World;

namespace Tests.Comparisons;

public sealed class SimilarityTableTests
{
    private static readonly Pop[] Pops = [World.Apeldoorn, World.Johannesburg, World.Fremont];

    [Fact]
    public void Every_pair_is_as_similar_as_the_comparison_of_the_two_says()
    {
        var random = new Random(46);
        var windows = Enumerable.Range(0, 12).Select(week => new Catchment(World.Named, 4, Window.Of(IsoWeek.Of(new IsoWeek(2026, 20).Start.AddDays(7 * week))))
        {
            Probes = [.. Enumerable.Range(1, 200).Where(_ => random.NextDouble() < 0.8).Select(id => Probe(random, id))],
        }).ToList();
        var table = SimilarityTable.Of([.. windows.Select(ServedPops.Of)], population: World.Users);
        for (var later = 0; later < windows.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                Assert.Equal(Comparison.SimilarityOf(windows[earlier], windows[later], World.Users)!.Value, table[earlier, later]!.Value, 12);
                Assert.Equal(table[earlier, later], table[later, earlier]);
            }

            Assert.Equal(1, table[later, later]);
        }
    }

    [Fact]
    public void Where_no_country_is_known_probes_count_alike()
    {
        var table = SimilarityTable.Of([Of("AAAA", country: null), Of("AAJJ", country: null)]);
        Assert.Equal(0.5, table[0, 1]!.Value, 12);
    }

    [Fact]
    public void Nobody_in_common_says_nothing() => Assert.Null(SimilarityTable.Of([Of("AA  "), Of("  AA")])[0, 1]);

    [Theory]
    [InlineData("AAAA", "AAAA", 4, true)]
    [InlineData("AAAA", "AAA ", 4, false)] // three in common, four are needed
    [InlineData("AAAAAAAA", "A    JJJ", 3, true)] // half of the lesser's in common
    [InlineData("AAAAA        ", " AA  AAAAAAAA", 2, false)] // two of the lesser's five
    public void Few_in_common_say_nothing(string before, string after, int least, bool isKnown) =>
        Assert.Equal(isKnown, SimilarityTable.Of([Of(before), Of(after)], least)[0, 1] is not null);

    [Fact]
    public void A_code_is_the_same_pop_however_it_is_written()
    {
        var small = Of("AAA", pops: ["ape"]);
        Assert.Equal(1, SimilarityTable.Of([Of("AAA"), small])[0, 1]);
    }

    /// <summary>A letter a probe, from 1: A, J, F a PoP; a space: not attributed.</summary>
    internal static ServedPops Of(string probes, Window? window = null, string? country = "NL", IReadOnlyList<string>? pops = null)
    {
        var served = Enumerable.Range(0, probes.Length).Where(index => probes[index] != ' ').ToList();
        return new ServedPops(window ?? Window.Of(new IsoWeek(2026, 46)), pops ?? ["APE", "JNB", "FMT"], ["", country ?? "XX"])
        {
            Probes = [.. served.Select(index => index + 1)],
            PopOf = [.. served.Select(index => (ushort)"AJF".IndexOf(probes[index], StringComparison.Ordinal))],
            CountryOf = [.. served.Select(_ => (ushort)(country is null ? 0 : 1))],
            AsnOf = [.. served.Select(index => (uint)index + 64500)],
        };
    }

    private static ProbeCatchment Probe(Random random, int id)
    {
        var country = random.Next(6) switch { 0 => null, 1 => "XX", 2 => "DE", 3 => "ZA", _ => "NL" };
        return new(id)
        {
            Probe = new Probe(id) { Country = country },
            Asn = random.Next(10) == 0 ? null : (uint)random.Next(64500, 64510),
            Pop = random.Next(10) == 0 ? null : Pops[random.Next(3)],
        };
    }
}
