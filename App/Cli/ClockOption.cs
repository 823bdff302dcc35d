using System.CommandLine;
using Collector.Time;

namespace App.Cli;

/// <summary>The option by which tests make time fly; not for operators, so help does not show it.</summary>
internal static class ClockOption
{
    private const string Name = "--clock";

    public static readonly Option<string?> Clock = new(Name)
    {
        Description = "For tests: START*SPEED or START@ORIGIN*SPEED",
        Hidden = true,
    };

    /// <summary>The clock asked for; null: none.</summary>
    public static TimeProvider? Read(ParseResult arguments) => arguments.GetValue(Clock) is { } text ? ScaledClock.Parse(text, Name) : null;
}
