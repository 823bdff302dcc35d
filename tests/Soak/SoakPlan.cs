namespace Tests.Soak;

/// <summary>What the service has to endure.</summary>
/// <param name="Start">When the measurements begin, simulated.</param>
/// <param name="Length">How long they are watched, simulated.</param>
/// <param name="Speed">How many simulated seconds pass in a real one.</param>
/// <param name="Kills">How often the service is killed.</param>
/// <param name="KillsUntil">The part of the time in which it is killed: 0 to 1; after that it is left alone.</param>
/// <param name="Seed">Which instants.</param>
internal sealed record SoakPlan(DateTimeOffset Start, TimeSpan Length, double Speed, int Kills, double KillsUntil, int Seed)
{
    /// <summary>How long Atlas is away, simulated.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How many probes there are.</summary>
    public int Probes { get; init; } = 100;

    /// <summary>How often a request fails.</summary>
    public double Faults { get; init; } = 0.05;
}
