using System.Text.Json;
using System.Text.RegularExpressions;
using Analyzer.Identities;
using Collector.Geography;
using Collector.Network;
using Xunit;

namespace Tests.Identities;

public sealed class RootServerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Forms by measurement, and where their operators say the sites are.</summary>
    [Theory]
    [InlineData("k-root", "ns2.nl-ams.k.ripe.net", 52.37, 4.90, "ns2")]
    [InlineData("k-root", "NS1.RO-BUH.k.ripe.net", 44.43, 26.10, "NS1")]
    [InlineData("l-root", "us-cgh-ab", 41.88, -87.63, "ab")]
    [InlineData("f-root", "CDG.cf.f.root-servers.org", 48.86, 2.35, "cf")]
    [InlineData("f-root", "ams1f.f.root-servers.org", 52.37, 4.90, "1f")]
    [InlineData("d-root", "amnl2.droot.maxgigapop.net", 52.37, 4.90, "2")]
    [InlineData("a-root", "a21-a.us-qas.root", 39.04, -77.49, "a21-a")]
    [InlineData("a-root", "nnn1-nlams-4", 52.37, 4.90, "nnn1")]
    [InlineData("j-root", "n1.sa--ruh.root", 24.71, 46.68, "n1")]
    [InlineData("j-root", "rootns-defra-6", 50.11, 8.68, "6")]
    [InlineData("b-root", "b4-lax", 34.05, -118.25, "b4")]
    [InlineData("c-root", "fra1b.c.root-servers.org", 50.11, 8.68, "1b")]
    [InlineData("c-root", "iad1a.c.root-servers.org", 38.91, -77.04, "1a")]
    [InlineData("e-root", "c01.AMS.eroot", 52.35, 4.92, "c01")]
    [InlineData("e-root", "p03.zrh2.eroot", 47.38, 8.54, "p03")]
    [InlineData("g-root", "groot-eur1-3", 48.73, 9.11, "3")]
    [InlineData("g-root", "cmh2.groot", 39.96, -83.00, "2")]
    [InlineData("h-root", "001.lcy.h.root-servers.org", 51.52, -0.10, "001")]
    [InlineData("i-root", "s1.cdg", 48.86, 2.35, "s1")]
    [InlineData("m-root", "M-ORY-3", 48.86, 2.35, "3")]
    [InlineData("m-root", "M-NRT-DIXIE-1", 35.69, 139.69, "DIXIE-1")]
    [InlineData("m-root", "M-KTM", 27.70, 85.36, null)]
    public void Each_letter_is_read_in_its_own_form(string target, string identity, double latitude, double longitude, string? server)
    {
        var found = Of(target).Identify(identity, "hostname.bind", Now);

        Assert.Equal(IdentityClass.Pop, found.Class);
        Assert.True(GreatCircle.DistanceKm(found.Pop!.Position, new GeoPoint(latitude, longitude)) < 60, found.Pop.ToString());
        Assert.Equal(Confidence.Single, found.Confidence);
        Assert.Equal(server, found.Server);
    }

    [Theory]
    [InlineData("k-root", "us-cgh-ab")]
    [InlineData("l-root", "ns2.nl-ams.k.ripe.net")]
    [InlineData("i-root", "M-ORY-3")]
    [InlineData("m-root", "s1.cdg")]
    [InlineData("f-root", "fra1b.c.root-servers.org")]
    [InlineData("c-root", "ams1f.f.root-servers.org")]
    [InlineData("b-root", "edge.ams.example.nl")]
    [InlineData("h-root", "ams")]
    [InlineData("k-root", "ns1.at-vie.k.riet.npe")]
    public void A_name_of_another_shape_is_none_of_the_letters_pops(string target, string identity) =>
        Assert.Equal(IdentityClass.Unknown, Of(target).Identify(identity, "hostname.bind", Now).Class);

    [Fact]
    public void The_operators_templates_are_not_for_root_servers() =>
        Assert.Equal(IdentityClass.Unknown, new Identifier(Presets.Find("f-root")!, ["^(?<pop>[a-z]{3})"]).Identify("ams7.example.net", "hostname.bind", Now).Class);

    [Theory]
    [InlineData("j-root", "rootns-elsfo3", "us-sfo")]
    [InlineData("j-root", "rootns-lon9", "gb-lon")]
    public void A_town_without_its_country_is_a_guess(string target, string identity, string expected)
    {
        var found = Of(target).Identify(identity, "hostname.bind", Now);

        Assert.Equal((expected, Confidence.Guessed), (found.Pop?.Code, found.Confidence));
    }

    /// <summary>Each site in turn is taken out of the table, as if it had opened after the table was made.</summary>
    [Theory]
    [InlineData("a-root")]
    [InlineData("d-root")]
    [InlineData("f-root")]
    [InlineData("i-root")]
    [InlineData("j-root")]
    [InlineData("k-root")]
    [InlineData("l-root")]
    public void A_code_newer_than_the_table_is_guessed_near_its_place_or_not_at_all(string target)
    {
        var root = Presets.FindRoot(target)!;
        var guessed = 0;
        foreach (var (code, site) in root.Sites)
        {
            var guess = new CityGuess([.. Presets.Find(target)!.Pops.Where(pop => pop.Code != site.Code)]);
            var verdict = guess.FromSiteCode(code, "hostname.bind", code, server: null, root.Codes, Now);
            if (verdict.Answer.Pop is { } pop)
            {
                Assert.Equal(Confidence.Guessed, verdict.Answer.Confidence);
                Assert.True(GreatCircle.DistanceKm(pop.Position, site.Position) <= 100, $"{code} ({site.City}) is not {pop.City}");
                guessed++;
            }
        }

        Assert.True(guessed == 0 || root.Codes == SiteCodes.Locode, $"{guessed} guessed from codes without a country");
    }

    [Theory]
    [InlineData("i-root", "s1.zzz")]
    [InlineData("d-root", "zznl1.droot.maxgigapop.net")]
    [InlineData("k-root", "ns1.zz-zzz.k.ripe.net")]
    public void A_code_newer_than_the_table_is_unknown(string target, string identity) =>
        Assert.Equal(IdentityClass.Unknown, Of(target).Identify(identity, "hostname.bind", Now).Class);

    [Fact]
    public void Of_the_published_identifiers_97_percent_are_right_and_none_is_wrong_unless_guessed()
    {
        var (all, right) = (0, 0);
        foreach (var (letter, identity, position) in Published())
        {
            all++;
            var found = Of($"{letter}-root").Identify(identity, "hostname.bind", Now);
            if (found.Class != IdentityClass.Pop)
            {
                continue;
            }

            if (GreatCircle.DistanceKm(found.Pop!.Position, position) <= 100)
            {
                right++;
            }
            else
            {
                Assert.True(found.Confidence == Confidence.Guessed, $"{letter}: {identity} is not {found.Pop}");
            }
        }

        Assert.True(all > 1500, $"{all} identifiers");
        Assert.True(right >= 0.97 * all, $"{right} of {all}");
    }

    [Fact]
    public void No_published_identifier_is_taken_for_a_strangers_at_any_letter()
    {
        foreach (var row in Published())
        {
            Assert.All(Presets.Names, target => Assert.NotEqual(IdentityClass.Interceptor, Of(target).Identify(row.Identity, "hostname.bind", Now).Class));
        }
    }

    /// <summary>The forms of the letters, written down apart from the program's own.</summary>
    [Theory]
    [InlineData("a-root", @"\.root$|^nnn")]
    [InlineData("b-root", @"^b\d+-")]
    [InlineData("c-root", @"\.c\.root-servers\.org$")]
    [InlineData("d-root", @"\.droot\.maxgigapop\.net$")]
    [InlineData("e-root", @"\.eroot$")]
    [InlineData("f-root", @"\.f\.root-servers\.org$")]
    [InlineData("g-root", "groot")]
    [InlineData("h-root", @"\.h\.root-servers\.org$")]
    [InlineData("i-root", @"^(s\d+\.)?[a-z]{3}$")]
    [InlineData("j-root", @"\.root$|^rootns-")]
    [InlineData("k-root", @"\.k\.ripe\.net$")]
    [InlineData("l-root", @"^[a-z]{2}-[a-z]{3}-[a-z]{2}$")]
    [InlineData("m-root", "^M-")]
    public void What_strangers_answered_is_an_interceptor_and_what_has_no_shape_of_the_letter_is_no_pop(string target, string shape)
    {
        var lettersOwn = new Regex(shape, RegexOptions.IgnoreCase);
        foreach (var (identity, isStranger) in Seen())
        {
            var found = Of(target).Identify(identity, "hostname.bind", Now);
            if (isStranger)
            {
                Assert.True(found.Class == IdentityClass.Interceptor, $"{identity} is {found}");
            }
            else if (found.Class == IdentityClass.Pop)
            {
                Assert.True(lettersOwn.IsMatch(identity), $"{identity} is {found}");
            }
        }
    }

    private static List<(string Identity, bool IsStranger)> Seen()
    {
        if (seen is null)
        {
            var strangers = new Regex(@"^\d+m\d+$|^dnsmasq-|^res\d+\..*\.rrdns\.pch\.net$|^gpdns-|^unbound |^CleanBrowsing ");
            var rows = new List<(string, bool)>();
            foreach (var line in Corpus.Lines("sites/root-chaos-identifiers-first-seen.ndjson.gz"))
            {
                using var row = JsonDocument.Parse(line);
                var identity = row.RootElement.GetProperty("identifier").GetString()!;
                rows.Add((identity, strangers.IsMatch(identity)));
            }

            Assert.True(rows.Count > 19_000, $"{rows.Count} strings");
            seen = rows;
        }

        return seen;
    }

    private static List<(string Identity, bool IsStranger)>? seen;

    private static readonly Dictionary<string, Identifier> Identifiers = Presets.Names.ToDictionary(name => name, name => new Identifier(Presets.Find(name)!));

    private static Identifier Of(string target) => Identifiers[target];

    private static IEnumerable<(string Letter, string Identity, GeoPoint Position)> Published()
    {
        foreach (var line in Corpus.Lines("sites/root-servers-org-sites.ndjson"))
        {
            using var letter = JsonDocument.Parse(line);
            foreach (var site in letter.RootElement.GetProperty("Sites").EnumerateArray())
            {
                foreach (var identity in site.GetProperty("Identifiers").EnumerateArray())
                {
                    yield return (
                        letter.RootElement.GetProperty("letter").GetString()!.ToLowerInvariant(),
                        identity.GetString()!,
                        new GeoPoint(site.GetProperty("Latitude").GetDouble(), site.GetProperty("Longitude").GetDouble()));
                }
            }
        }
    }
}
