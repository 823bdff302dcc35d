using System.Text;
using System.Text.Json;
using Analyzer.Findings;
using Reports.Findings;
using Xunit;

namespace Tests.Findings;

public sealed class FindingJsonTests
{
    private static readonly Finding BlackHole = new(
        "black-hole", Severity.Critical, "ns-a", 4, new Scope(ScopeKind.Asn, "64501"),
        DateTimeOffset.FromUnixTimeSeconds(1_763_337_600), DateTimeOffset.FromUnixTimeSeconds(1_763_942_400), 0, 1, 3, [7, 8, 9], "It is dark.", "Call them.");

    [Fact]
    public void A_finding_has_exactly_the_members_of_the_contract_in_its_order() =>
        Assert.Equal(
            """[{"check":"black-hole","severity":"critical","target":"ns-a","family":4,"scope":{"kind":"asn","value":"64501"},"from":1763337600,"to":1763942400,"observed":0,"expected":1,"sampleSize":3,"probes":[7,8,9],"message":"It is dark.","advice":"Call them."}]""",
            Written(BlackHole));

    [Fact]
    public void A_number_that_there_is_none_of_is_absent() =>
        Assert.DoesNotContain("observed", Written(BlackHole with { Observed = null }), StringComparison.Ordinal);

    [Fact]
    public void What_concerns_all_targets_and_both_families_names_none()
    {
        var text = Written(BlackHole with { Target = null, Family = null });
        Assert.DoesNotContain("\"target\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"family\"", text, StringComparison.Ordinal);
    }

    private static string Written(Finding finding)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            FindingJson.Write(json, [finding]);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
