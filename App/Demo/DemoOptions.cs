namespace App.Demo;

/// <summary>What the demo is to do.</summary>
/// <param name="Output">Folder for everything that it writes.</param>
/// <param name="Probes">How many probes the made-up Internet has.</param>
/// <param name="Weeks">How many weeks it is measured; the last is 2026-W46.</param>
/// <param name="Seed">Which made-up Internet: the same seed gives the same one.</param>
internal sealed record DemoOptions(string Output, int Probes = 1000, int Weeks = 3, int Seed = 8038)
{
    public const string DefaultOutput = "demo-output";

    /// <summary>Whether to write the weekly reports, which take most of the time, or only measure and score.</summary>
    public bool WithReports { get; init; } = true;
}
