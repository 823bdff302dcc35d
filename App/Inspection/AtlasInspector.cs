using System.Globalization;
using App.Hosting;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Configuration.Checks;
using Collector.Measuring;
using Collector.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace App.Inspection;

/// <summary>Looks at RIPE Atlas from here: whether it answers, what the key may do, how long the credits last, whose clock is wrong.</summary>
internal sealed class AtlasInspector(Settings settings, TimeProvider time)
{
    // Atlas' Date header has whole seconds, and the answer takes a moment.
    private static readonly TimeSpan SkewToTell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SkewToRefuse = TimeSpan.FromMinutes(1);

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
            return Judge(CreditOutlook.Of(await atlas.CreditsAsync(cancellationToken), CreditOutlook.MostADay(settings.Network, settings.Probes), time.GetUtcNow()), settings.Checks.CreditsLow);
        }
        catch (AtlasException problem) when (!problem.MayPass)
        {
            return Inspected.Warning("credits", $"the key may not ask: {problem.Message}", "add the grant credits.get_credit_info to be told before they run out");
        }
    }

    /// <summary>How long credits last.</summary>
    internal static Inspected Judge(CreditOutlook credits, CreditsLowOptions options)
    {
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"{credits.Balance:N0} credits; {credits.SpentADay:N0} a day are spent at most{(credits.EarnedADay is { } income ? $", {income:N0} earned" : "")}");
        const string advice = "host a probe, ask for a transfer, or measure less: fewer Probes:Count, longer intervals";
        if (credits.Balance <= 0)
        {
            return Inspected.Failed("credits", words, advice);
        }

        if (credits.DaysLeft is not { } days)
        {
            return Inspected.Ok("credits", words + ": enough");
        }

        words += string.Create(CultureInfo.InvariantCulture, $": enough for {(days < 10_000 ? days.ToString("N0", CultureInfo.InvariantCulture) : "10,000 and more")} days");
        return days < options.WarnBelowDays ? Inspected.Warning("credits", words, advice) : Inspected.Ok("credits", words);
    }

    private async Task<Inspected> StreamAsync(CancellationToken cancellationToken) =>
        await AtlasStream.TryAsync(settings.Atlas, time, cancellationToken) is { } problem
            ? Inspected.Warning(
                "stream", $"{settings.Atlas.StreamUrl} cannot be reached: {problem}", "results are collected without it, a few minutes later; is Atlas:StreamUrl right?")
            : Inspected.Ok("stream", $"{settings.Atlas.StreamUrl} accepts connections");
}
