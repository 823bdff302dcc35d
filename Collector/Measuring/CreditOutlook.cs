using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;

namespace Collector.Measuring;

/// <summary>How long the account's credits last.</summary>
/// <param name="Balance">Credits there are.</param>
/// <param name="SpentADay">Credits spent a day at most: what the configuration asks for or what runs, whichever is more, since what is
/// configured may not run yet, and others may spend from the same account.</param>
/// <param name="EarnedADay">Credits earned a day; null: unknown.</param>
/// <param name="At">When Atlas was asked.</param>
public sealed record CreditOutlook(double Balance, double SpentADay, double? EarnedADay, DateTimeOffset At)
{
    /// <summary>How many days they last; null: for good, since no more is spent than earned.</summary>
    public double? DaysLeft => SpentADay - (EarnedADay ?? 0) is > 0 and var net ? Math.Max(0, Balance) / net : null;

    /// <summary>What the account's answer means for a configuration.</summary>
    /// <param name="credits">The answer.</param>
    /// <param name="planned">What the configuration spends a day at most: <see cref="MostADay"/>.</param>
    /// <param name="at">When Atlas was asked.</param>
    public static CreditOutlook Of(Credits credits, double planned, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(credits);
        return new CreditOutlook(credits.Balance, Math.Max(planned, credits.DailyExpenditure ?? 0), credits.DailyIncome, at);
    }

    /// <summary>Credits a day that a configuration spends when all probes that it wants are there and deliver.</summary>
    /// <param name="network">Targets and PoPs.</param>
    /// <param name="probes">How many probes.</param>
    public static double MostADay(AnycastNetwork network, ProbeSelectionOptions probes)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(probes);
        double credits = 0;
        var targets = network.Targets.Where(target => target.Follow is null).ToList();
        foreach (var target in targets)
        {
            foreach (var address in new[] { target.IPv4, target.IPv6 }.OfType<IPAddress>())
            {
                credits += target.Identity.Count * ADay(new ChaosDefinition(address, "", target.DnsInterval));
                credits += ADay(new PingDefinition(address, "", target.PingInterval));
            }
        }

        foreach (var address in targets.SelectMany(target => target.Pops).SelectMany(pop => pop.Unicast).Distinct().Select(IPAddress.Parse))
        {
            credits += ADay(new PingDefinition(address, "", probes.UnicastInterval));
        }

        return credits;

        double ADay(MeasurementDefinition definition) => probes.Count * definition.CreditsPerResult * (TimeSpan.FromDays(1) / definition.Interval!.Value);
    }
}
