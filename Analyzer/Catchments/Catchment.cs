using Analyzer.Attributions;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;

namespace Analyzer.Catchments;

/// <summary>An identity that no rule knows, or that only contradicts itself.</summary>
/// <param name="Identity">The string, normalised; hostile all the same.</param>
/// <param name="Source">The question it answered.</param>
/// <param name="Rounds">In how many rounds.</param>
/// <param name="Probes">To how many probes.</param>
public sealed record UnknownIdentity(string Identity, string Source, int Rounds, int Probes)
{
    /// <summary>To probes of how many networks; those of no known AS together are one.</summary>
    public int Networks { get; init; }

    /// <summary>The first round that brought it, Unix seconds.</summary>
    public long From { get; init; }

    /// <summary>The last round that brought it, Unix seconds.</summary>
    public long To { get; init; }

    /// <summary>A rule that would explain it; null: none comes to mind, or the catchment was read without series.</summary>
    public RuleSuggestion? Suggestion { get; init; }
}

/// <summary>Who reaches which PoP of a target, over one family, in one window.</summary>
/// <param name="Target">The target.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="Window">The window.</param>
public sealed record Catchment(Target Target, int Family, Window Window)
{
    /// <summary>The probes that asked, ascending by id.</summary>
    public IReadOnlyList<ProbeCatchment> Probes { get; init; } = [];

    /// <summary>Probes of which no attempt left: they say nothing about the target and are not among <see cref="Probes"/>.</summary>
    public int CouldNotAsk { get; init; }

    /// <summary>Whether none of its measurements is known to have a schedule: one-off ones, and all that came from files.</summary>
    public bool IsUnscheduled { get; init; }

    /// <summary>How often one measurement asked a probe, on average over the probes that it asked; of the measurement that asked most often.
    /// Of DNS; of pings, where nothing else was measured.</summary>
    public double RoundsHeld { get; init; }

    /// <summary>Who errs where answers came faster than light.</summary>
    public LightSpeedVerdicts LightSpeed { get; init; } = LightSpeedVerdicts.None;

    /// <summary>Unknown identities: most rounds first, equals by their text; at most <see cref="CatchmentBuilder.MostUnknownIdentities"/>.</summary>
    public IReadOnlyList<UnknownIdentity> UnknownIdentities { get; init; } = [];

    /// <summary>How many different unknown identities there were, listed or not.</summary>
    public int UnknownIdentityCount { get; init; }

    /// <summary>The PoPs that the rounds of <see cref="ProbeCatchment.Series"/> name, by number; empty unless it was read with series.</summary>
    public IReadOnlyList<Pop> SeriesPops { get; init; } = [];

    /// <summary>Where probes and PoPs claim to be, as far as answers tell; empty unless it was read with series.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    /// <summary>Probes that asked.</summary>
    public int Asked => Probes.Count;

    /// <summary>Probes that were answered, by DNS or ping.</summary>
    public int Answered => Probes.Count(probe => probe.Answered);

    /// <summary>Probes with a served PoP.</summary>
    public int Attributed => Probes.Count(probe => probe.Pop is not null);

    /// <summary>The answered DNS rounds of all probes, by class.</summary>
    public ClassRounds Classes => Probes.Aggregate(default(ClassRounds), (sum, probe) => sum + probe.Classes);

    /// <summary>Whether there is nothing to see.</summary>
    public bool IsEmpty => Probes.Count == 0;

    /// <summary>The same, with the PoP that served each silent probe in the window before.</summary>
    /// <remarks>Only the window directly before is asked, so that the answer does not depend on how much history there is.</remarks>
    public Catchment WithFormer(Catchment before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var former = before.Probes.Where(probe => probe.Pop is not null).ToDictionary(probe => probe.Id);
        return this with
        {
            Probes =
            [
                .. Probes.Select(probe => probe.IsSilent && former.TryGetValue(probe.Id, out var then)
                    ? probe with { FormerPop = then.Pop, FormerServer = then.Server }
                    : probe),
            ],
        };
    }
}
