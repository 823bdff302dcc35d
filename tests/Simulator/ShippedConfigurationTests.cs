using System.Collections;
using Collector.Configuration;
using Simulator.Worlds;
using Xunit;

namespace Tests.Simulator;

public sealed class ShippedConfigurationTests
{
    private static readonly Settings Shipped = SettingsLoader.Load(Repository.File("appsettings.json"), new Hashtable());

    [Fact]
    public void The_shipped_example_describes_the_simulator_s_network()
    {
        var expected = SimulatedNetwork.Create();
        Assert.Equal(expected.Pops.Select(pop => pop.Code), Shipped.Network.Pops.Select(pop => pop.Code));
        foreach (var (pop, shipped) in expected.Pops.Zip(Shipped.Network.Pops))
        {
            Assert.Equal((pop.City, pop.Country, pop.Position, pop.Since, pop.Until), (shipped.City, shipped.Country, shipped.Position, shipped.Since, shipped.Until));
            Assert.Equal(pop.Identities, shipped.Identities);
        }

        Assert.Equal(expected.Targets.Select(target => target.Name), Shipped.Network.Targets.Select(target => target.Name));
        foreach (var (target, shipped) in expected.Targets.Zip(Shipped.Network.Targets))
        {
            Assert.Equal((target.IPv4, target.IPv6, target.DnsInterval, target.PingInterval), (shipped.IPv4, shipped.IPv6, shipped.DnsInterval, shipped.PingInterval));
            Assert.Equal(target.Pops.Select(pop => pop.Code), shipped.Pops.Select(pop => pop.Code));
        }

        Assert.Equal(expected.IdentityTemplates, Shipped.Network.IdentityTemplates);
        Assert.Equal(expected.Annotations, Shipped.Network.Annotations);
    }

    [Fact]
    public void It_leads_to_the_real_service_and_holds_no_secret()
    {
        Assert.Equal("atlas.ripe.net", Shipped.Atlas.BaseUrl.Host);
        Assert.Null(Shipped.Atlas.Key);
    }

    [Fact]
    public void It_plans_within_the_limits_of_an_ordinary_account()
    {
        var results = 0.0;
        var credits = 0.0;
        foreach (var target in Shipped.Network.Targets)
        {
            var families = (target.IPv4 is null ? 0 : 1) + (target.IPv6 is null ? 0 : 1);
            var dns = Shipped.Probes.Count * families * target.Identity.Count * (TimeSpan.FromDays(1) / target.DnsInterval);
            var ping = Shipped.Probes.Count * families * (TimeSpan.FromDays(1) / target.PingInterval);
            results += dns + ping;
            credits += (dns * 10) + (ping * 3);
        }

        Assert.Equal((86_400, 561_600), (results, credits)); // design, section 13
        Assert.True(results <= 100_000 && credits <= 1_000_000);
    }
}
