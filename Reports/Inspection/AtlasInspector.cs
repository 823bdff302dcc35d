using System.Globalization;
using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Network;
using Collector.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reports.Commands;

namespace Reports.Inspection;

/// <summary>Looks at RIPE Atlas from here: whether it answers, what the key may do, how long the credits last, whose clock is wrong.</summary>
internal sealed class AtlasInspector(Settings settings, TimeProvider time)
{
    // Atlas' Date header has whole seconds, and the answer takes a moment.
    private static readonly TimeSpan SkewToTell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SkewToRefuse = TimeSpan.FromMinutes(1);
    private const double DaysToTell = 14;

    private static readonly string[] Grants = ["measurements.create_measurement", "measurements.stop_measurement"];

    /// <summary>Whether everything is only read, for which no key is needed.</summary>
    private bool OnlyFollows => settings.Network.Targets.All(target => target.Follow is not null);

    /// <summary>Looks.</summary>
    public async Task<IReadOnlyList<Inspected>> InspectAsync(CancellationToken cancellationToken)
    {
        var found = new List<Inspected>();
        var isThere = await ReachAsync(found, cancellationToken);
        if (isThere && settings.Atlas.Key is not null)
        {
            await KeyAsync(found, cancellationToken);
        }
        else if (settings.Atlas.Key is null)
        {
            found.Add(OnlyFollows
                ? Inspected.Ok("key", "none, and none is needed: all targets follow existing measurements")
                : Inspected.Failed("key", "Atlas:Key is not set", "create one at https://atlas.ripe.net/keys/ and set Atlas__Key in the environment, or follow existing measurements"));
        }

        if (isThere && settings.Atlas.Stream)
        {
            found.Add(await StreamAsync(cancellationToken));
        }

        return found;
    }

    private async Task<bool> ReachAsync(List<Inspected> found, CancellationToken cancellationToken)
    {
        try
        {
            var reach = await AtlasReach.TryAsync(settings.Atlas, time, cancellationToken);
            if (reach.Status is < 200 or > 299)
            {
                found.Add(Inspected.Failed(
                    "atlas", FormattableString.Invariant($"{settings.Atlas.BaseUrl} answers {reach.Status}"), "is Atlas:BaseUrl right? the real service is https://atlas.ripe.net/api/v2/"));
                return false;
            }

            found.Add(Inspected.Ok("atlas", FormattableString.Invariant($"{settings.Atlas.BaseUrl} answers in {reach.Took.TotalMilliseconds:0} ms")));
            if (reach.Ahead is { } ahead)
            {
                found.Add(Clock(ahead));
            }

            return true;
        }
        catch (AtlasException problem)
        {
            found.Add(Inspected.Failed("atlas", problem.Message, "is there a way to the Internet from here: DNS, firewall, proxy? nothing is lost meanwhile, Atlas keeps the results"));
            return false;
        }
    }

    /// <summary>What a difference between two clocks means.</summary>
    /// <param name="ahead">How far ours is ahead of Atlas'.</param>
    internal static Inspected Clock(TimeSpan ahead)
    {
        var off = ahead.Duration();
        var words = FormattableString.Invariant($"{off.TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} Atlas'");
        const string advice = "let the system keep its time: timedatectl set-ntp true";
        return off < SkewToTell ? Inspected.Ok("clock", "agrees with Atlas'")
            : off < SkewToRefuse ? Inspected.Warning("clock", words, advice)
            : Inspected.Failed("clock", words, advice);
    }

    private async Task KeyAsync(List<Inspected> found, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(ErrorLogger<>))
            .AddSingleton(time)

            // Whoever asks by hand asks again by hand.
            .AddAtlas(settings.Atlas with { Retries = Math.Min(settings.Atlas.Retries, 1) })
            .BuildServiceProvider();
        var atlas = services.GetRequiredService<IAtlasApi>();
        try
        {
            var check = await atlas.CheckKeyAsync(cancellationToken);
            var missing = check.Grants is { } grants ? Grants.Except(grants, StringComparer.Ordinal).ToList() : [];
            found.Add(!check.Accepted
                ? Inspected.Failed("key", check.Problem ?? "Atlas does not accept it", "is it the key of the right account, enabled and in force? https://atlas.ripe.net/keys/")
                : missing.Count > 0 && !OnlyFollows
                ? Inspected.Failed("key", $"accepted, but lacks {string.Join(" and ", missing)}", "add the grants at https://atlas.ripe.net/keys/")
                : check.Grants is null
                ? Inspected.Ok("key", "accepted; it may not list its grants, so what it may do is not known")
                : Inspected.Ok("key", $"accepted; {string.Join(", ", check.Grants)}"));
            if (check.Accepted)
            {
                found.Add(await CreditsAsync(atlas, cancellationToken));
            }
        }
        catch (AtlasException problem)
        {
            found.Add(Inspected.Failed("key", problem.Message, "try again in a while"));
        }
    }

    private async Task<Inspected> CreditsAsync(IAtlasApi atlas, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(await atlas.CreditsAsync(cancellationToken), MostADay(settings.Network, settings.Probes));
        }
        catch (AtlasException problem) when (!problem.MayPass)
        {
            return Inspected.Warning("credits", $"the key may not ask: {problem.Message}", "add the grant credits.get_credit_info to be told before they run out");
        }
    }

    /// <summary>How long credits last.</summary>
    /// <param name="credits">What there is.</param>
    /// <param name="planned">What the configuration spends a day at most.</param>
    internal static Inspected Judge(Credits credits, double planned)
    {
        // Whichever is more: what the configuration asks for may not run yet, and others may spend from the same account.
        var spent = Math.Max(planned, credits.DailyExpenditure ?? 0);
        var net = spent - (credits.DailyIncome ?? 0);
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"{credits.Balance:N0} credits; {spent:N0} a day are spent at most{(credits.DailyIncome is { } income ? $", {income:N0} earned" : "")}");
        const string advice = "host a probe, ask for a transfer, or measure less: fewer Probes:Count, longer intervals";
        if (credits.Balance <= 0)
        {
            return Inspected.Failed("credits", words, advice);
        }

        if (net <= 0)
        {
            return Inspected.Ok("credits", words + ": enough");
        }

        var days = credits.Balance / net;
        words += string.Create(CultureInfo.InvariantCulture, $": enough for {(days < 10_000 ? days.ToString("N0", CultureInfo.InvariantCulture) : "10,000 and more")} days");
        return days < DaysToTell ? Inspected.Warning("credits", words, advice) : Inspected.Ok("credits", words);
    }

    /// <summary>Credits a day that the configuration spends when all probes that it wants are there and deliver.</summary>
    internal static double MostADay(AnycastNetwork network, ProbeSelectionOptions probes)
    {
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

    private async Task<Inspected> StreamAsync(CancellationToken cancellationToken) =>
        await AtlasStream.TryAsync(settings.Atlas, time, cancellationToken) is { } problem
            ? Inspected.Warning(
                "stream", $"{settings.Atlas.StreamUrl} cannot be reached: {problem}", "results are collected without it, a few minutes later; is Atlas:StreamUrl right?")
            : Inspected.Ok("stream", $"{settings.Atlas.StreamUrl} accepts connections");
}
