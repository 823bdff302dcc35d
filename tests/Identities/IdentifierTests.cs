using Analyzer.Identities;
using Collector.Configuration;
using Collector.Geography;
using Collector.Network;
using Xunit;

namespace Tests.Identities;

public sealed class IdentifierTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_name_is_recognised_whatever_its_case_before_any_pattern_is_tried()
    {
        var identifier = Of(Fremont(@"^ns\d+\."), Miami("NS1.mia.example.net"));

        var found = identifier.Identify("ns1.MIA.example.net", "id.server", Now);

        Assert.Equal("MIA", found.Pop?.Code);
        Assert.Equal("name NS1.mia.example.net", found.Rule);
    }

    [Fact]
    public void A_pattern_is_not_anchored_and_may_name_the_server()
    {
        var found = Of(Fremont(@"(?<server>ns\d+)\.fmt\.")).Identify("x-NS12.FMT.example.net", "id.server", Now);

        Assert.Equal(IdentityClass.Pop, found.Class);
        Assert.Equal("NS12", found.Server);
        Assert.Equal(Confidence.Single, found.Confidence);
    }

    [Fact]
    public void The_first_pattern_of_the_list_wins() =>
        Assert.Equal("FMT", Of(Fremont("ns1"), Miami("ns1.")).Identify("ns1x", "id.server", Now).Pop?.Code);

    [Theory]
    [InlineData("nsid", IdentityClass.Pop)]
    [InlineData("NSID", IdentityClass.Pop)]
    [InlineData("id.server", IdentityClass.Unknown)]
    public void A_pattern_with_a_source_holds_for_that_question_only(string source, IdentityClass expected)
    {
        var pop = Fremont() with { Identities = [new IdentityPattern("^qqq$", Source: "nsid")] };
        Assert.Equal(expected, Of(pop).Identify("qqq", source, Now).Class);
    }

    [Theory]
    [InlineData("2026-03-31T23:59:59Z", "FMT")]
    [InlineData("2026-04-01T00:00:00Z", "MIA")]
    [InlineData("2026-06-30T23:59:59Z", "MIA")]
    [InlineData("2026-07-01T00:00:00Z", null)]
    public void A_server_that_moved_belongs_to_each_pop_in_its_time(string at, string? expected)
    {
        var april = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
        var identifier = Of(
            Fremont() with { Identities = [new IdentityPattern("box7", ValidTo: april)] },
            Miami() with { Identities = [new IdentityPattern("box7", ValidFrom: april, ValidTo: april.AddMonths(3))] });

        Assert.Equal(expected, identifier.Identify("box7", "id.server", DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).Pop?.Code);
    }

    [Theory]
    [InlineData("ns[", "Unterminated")]
    [InlineData("(?=ns)", "look-around")]
    [InlineData(@"(ns)\1", "allowed")]
    public void A_pattern_that_cannot_be_used_is_refused_with_pop_pattern_and_reason(string pattern, string reason)
    {
        var problem = Assert.Throws<ConfigurationException>(() => Of(Fremont(pattern)));

        Assert.Contains("FMT", problem.Message, StringComparison.Ordinal);
        Assert.Contains(pattern, problem.Message, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void A_template_names_the_pop_by_its_code_whatever_the_case()
    {
        var found = Of([Fremont()], [@"^(?<server>edge\d+)-(?<pop>[a-z]{3})$"]).Identify("edge7-fmt", "id.server", Now);

        Assert.Equal("FMT", found.Pop?.Code);
        Assert.Equal("edge7", found.Server);
        Assert.Equal(IdentityClass.Unknown, Of([Fremont()], [@"^(?<server>edge\d+)-(?<pop>[a-z]{3})$"]).Identify("edge7-mia", "id.server", Now).Class);
    }

    [Fact]
    public void A_template_without_a_pop_group_is_refused() =>
        Assert.Contains("IdentityTemplates:0", Assert.Throws<ConfigurationException>(() => Of([Fremont()], ["^ns"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Interceptors_come_before_templates() =>
        Assert.Equal(IdentityClass.Interceptor, Of([Pop("AMS", 52.3, 4.8, "NL")], [@"\.(?<pop>[a-z]{3})\."]).Identify("res210.ams.rrdns.pch.net", "id.server", Now).Class);

    [Fact]
    public void The_operators_own_rules_come_before_interceptors()
    {
        var quad9 = Pop("AMS", 52.3, 4.8, "NL") with { Identities = [new IdentityPattern(@"^(?<server>res\d+)\.ams\.")] };

        var found = Of(quad9).Identify("res210.ams.rrdns.pch.net", "id.server", Now);

        Assert.Equal("AMS", found.Pop?.Code);
        Assert.Equal("res210", found.Server);
    }

    [Theory]
    [InlineData("98m99")]
    [InlineData("dnsmasq-2.78")]
    [InlineData("res210.ams.rrdns.pch.net")]
    [InlineData("res100.akl2.rrdns.pch.net")]
    [InlineData("gpdns-muc")]
    [InlineData("unbound 1.13.1")]
    [InlineData("CleanBrowsing v1.6a - dns-edge-asia-singapore3")]
    [InlineData("PowerDNS Recursor 4.1.11")]
    [InlineData("9.11.4-P2-RedHat-9.11.4-26.P2.el7")]
    [InlineData("Microsoft DNS 6.1.7601 (1DB15D39)")]
    [InlineData("9.8.2rc1-RedHat-9.8.2-0.62.rc1.el6_9.2")]
    [InlineData("ext-resolve06f.ht.example.net")]
    [InlineData("turris")]
    [InlineData("FIOS_Quantum_Gateway")]
    [InlineData("Q9-P-6.0")]
    [InlineData("r2004.syd")]
    [InlineData("m84.fra")]
    [InlineData("fra-h03.int.controld.com")]
    [InlineData("dnvr-cns11")]
    [InlineData("dns-resolver04-lyo2-pr")]
    public void Strangers_are_known_by_their_names(string identity) =>
        Assert.Equal(IdentityClass.Interceptor, Of(Fremont()).Identify(identity, "id.server", Now).Class);

    [Theory]
    [InlineData("nl-ams1", "AMS")]
    [InlineData("core.ams.nl", "AMS")]
    [InlineData("cgh1.example.br", "CGH")]
    [InlineData("sao-paulo.dns.br", "CGH")]
    [InlineData("gru2.example.br", "CGH")]
    [InlineData("brsao3", "CGH")]
    [InlineData("us-cgh", "CHI")]
    [InlineData("ns1.uschi.example.net", "CHI")]
    [InlineData("ord-us", "CHI")]
    public void A_city_code_is_a_guess_when_the_country_in_the_name_agrees(string identity, string expected)
    {
        var found = Of(Pop("AMS", 52.31, 4.76, "NL"), Pop("CGH", -23.63, -46.66, "BR", "São Paulo"), Pop("CHI", 41.88, -87.63, "US"))
            .Identify(identity, "id.server", Now);

        Assert.Equal(expected, found.Pop?.Code);
        Assert.Equal(Confidence.Guessed, found.Confidence);
    }

    [Fact]
    public void Us_cgh_is_Chicago_and_never_an_airport_of_São_Paulo()
    {
        var identifier = Of(Pop("CGH", -23.63, -46.66, "BR", "São Paulo"));

        Assert.Equal(IdentityClass.Unknown, identifier.Identify("us-cgh", "id.server", Now).Class);

        // Not even when a slow answer could have come from there.
        Assert.Equal(IdentityClass.Unknown, identifier.Identify("us-cgh", "id.server", Now, new Sighting(new GeoPoint(-23, -46), 200)).Class);
    }

    [Theory]
    [InlineData("van1.example.net", 49.0, -123.0, 5.0, IdentityClass.Pop)]
    [InlineData("van1.example.net", 49.0, -123.0, 150.0, IdentityClass.Unknown)]
    public void Van_is_an_airport_in_Turkey_too_so_light_must_rule_that_out(string identity, double latitude, double longitude, double rttMs, IdentityClass expected) =>
        Assert.Equal(expected, Of(Pop("VAN", 49.28, -123.12, "CA")).Identify(identity, "id.server", Now, new Sighting(new GeoPoint(latitude, longitude), rttMs)).Class);

    [Theory]
    [InlineData(52.0, 5.0, 3.0, IdentityClass.Pop)]
    [InlineData(-33.9, 151.2, 3.0, IdentityClass.Unknown)]
    public void Without_a_country_light_decides_about_a_guess(double latitude, double longitude, double rttMs, IdentityClass expected)
    {
        var identifier = Of(Pop("AMS", 52.31, 4.76, "NL"));

        Assert.Equal(IdentityClass.Unknown, identifier.Identify("edge.ams.example.net", "id.server", Now).Class);
        Assert.Equal(expected, identifier.Identify("edge.ams.example.net", "id.server", Now, new Sighting(new GeoPoint(latitude, longitude), rttMs)).Class);
    }

    [Fact]
    public void An_unknown_name_that_holds_a_code_comes_with_a_rule_to_add()
    {
        var identifier = Of(Fremont(), Miami());

        var suggestion = identifier.Suggest("ns12.mia.example.net", "id.server", Now);

        Assert.Equal("MIA", suggestion?.Pop.Code);
        Assert.Equal(@"^(?<server>ns[0-9]+)\.mia\.example\.net$", suggestion?.Pattern);

        // And the rule does what it promises.
        var taught = Of(Fremont(), Miami() with { Identities = [new IdentityPattern(suggestion!.Pattern)] });
        Assert.Equal("ns7", taught.Identify("ns7.mia.example.net", "id.server", Now).Server);
        Assert.Null(identifier.Suggest("backup.example.net", "id.server", Now));
        Assert.Null(identifier.Suggest("mia-fmt.example.net", "id.server", Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\0 ")]
    public void Nothing_is_unknown_and_no_error(string identity) =>
        Assert.Equal(IdentityClass.Unknown, Of(Fremont(".*")).Identify(identity, "id.server", Now).Class);

    [Fact]
    public void A_hostile_name_neither_hangs_nor_grows()
    {
        var identifier = Of([Fremont("^((a+)+)+b$")], [@"^(?<pop>(a+)+b)$"]);

        var found = identifier.Identify(new string('a', 60_000) + "!", "id.server", Now);

        Assert.Equal(IdentityClass.Unknown, found.Class);
        Assert.True(found.Identity.Length <= 1024);
    }

    [Fact]
    public void More_strangers_than_the_cache_holds_get_the_same_answers()
    {
        var identifier = Of(Fremont(@"^ns\d+$"));

        Assert.All(Enumerable.Range(0, 80_000), number =>
            Assert.Equal(number % 2 == 0 ? IdentityClass.Pop : IdentityClass.Interceptor, identifier.Identify(number % 2 == 0 ? $"ns{number}" : $"{number}m1", "id.server", Now).Class));
        Assert.Equal(IdentityClass.Pop, identifier.Identify("ns0", "id.server", Now).Class);
    }

    private static Pop Fremont(params string[] identities) => Pop("FMT", 37.55, -121.98, "US") with { Identities = [.. identities.Select(pattern => new IdentityPattern(pattern))] };

    private static Pop Miami(params string[] identities) => Pop("MIA", 25.76, -80.19, "US") with { Identities = [.. identities.Select(pattern => new IdentityPattern(pattern))] };

    private static Pop Pop(string code, double latitude, double longitude, string country, string? city = null) =>
        new(code, new GeoPoint(latitude, longitude)) { Country = country, City = city };

    private static Identifier Of(params Pop[] pops) => Of(pops, []);

    private static Identifier Of(Pop[] pops, string[] templates) => new(new Target("anycast") { Pops = pops }, templates);
}
