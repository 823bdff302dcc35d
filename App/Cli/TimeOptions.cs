using System.CommandLine;

namespace App.Cli;

/// <summary>The options by which commands are told a week, or any other window.</summary>
internal static class TimeOptions
{
    public static readonly Option<string?> Week = new("--week")
    {
        Description = "ISO week, such as 2026-W46 (UTC)",
        HelpName = "W",
    };

    public static readonly Option<string?> Since = new("--since")
    {
        Description = "Start instead of a week: ISO 8601, or back from now (-24h, -7d)",
        HelpName = "T",
    };

    public static readonly Option<string?> Until = new("--until")
    {
        Description = "End of what --since begins (default: now)",
        HelpName = "T",
    };
}
