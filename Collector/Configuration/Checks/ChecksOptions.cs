using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Checks;

/// <summary>The thresholds of the checks, one block a check. A block's key is the check's name: <c>black-hole</c>, or <c>BlackHole</c>
/// where hyphens cannot be written.</summary>
public sealed record ChecksOptions
{
    /// <summary>A measurement without a known schedule (a one-off, or one imported from files) in which probes asked no more often than
    /// this is a snapshot: one round of it is enough evidence, and findings say so and weigh less. 0: nothing is. Default: 2.</summary>
    [Range(0, 100)]
    public int SnapshotRounds { get; init; } = 2;

    /// <summary>A tunnel behind a PoP.</summary>
    public BackhaulOptions Backhaul { get; init; } = new();

    /// <summary>Networks that cannot reach a target.</summary>
    public BlackHoleOptions BlackHole { get; init; } = new();

    /// <summary>Clients that moved to another PoP.</summary>
    public CatchmentShiftOptions CatchmentShift { get; init; } = new();

    /// <summary>Networks served on another continent without need.</summary>
    public ContinentalDetourOptions ContinentalDetour { get; init; } = new();

    /// <summary>Credits that will soon be spent.</summary>
    public CreditsLowOptions CreditsLow { get; init; } = new();

    /// <summary>Probes whose families part.</summary>
    public FamilySplitOptions FamilySplit { get; init; } = new();

    /// <summary>Networks served by a far PoP without need.</summary>
    public FarPopOptions FarPop { get; init; } = new();

    /// <summary>Probes that somebody else answers.</summary>
    public InterceptionOptions Interception { get; init; } = new();

    /// <summary>Longer ways to the same PoP.</summary>
    public LatencyShiftOptions LatencyShift { get; init; } = new();

    /// <summary>Probes that alternate between PoPs.</summary>
    public LoadBalancedOptions LoadBalanced { get; init; } = new();

    /// <summary>Measurements that dried up.</summary>
    public NoResultsOptions NoResults { get; init; } = new();

    /// <summary>PoPs that reach over continents.</summary>
    public OverReachOptions OverReach { get; init; } = new();

    /// <summary>PoPs that fell silent.</summary>
    public PopSilentOptions PopSilent { get; init; } = new();

    /// <summary>PoPs that answer others than they are meant for.</summary>
    public ScopeLeakOptions ScopeLeak { get; init; } = new();

    /// <summary>Identities that no rule explains.</summary>
    public UnknownIdentityOptions UnknownIdentity { get; init; } = new();
}
