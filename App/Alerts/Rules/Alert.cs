using Analyzer.Findings;

namespace App.Alerts.Rules;

/// <summary>Where an alert is in its life.</summary>
public enum AlertState
{
    /// <summary>Found, but not for long enough to tell anybody.</summary>
    Pending,

    /// <summary>It is so.</summary>
    Firing,

    /// <summary>It was so.</summary>
    Resolved,
}

/// <summary>Something that somebody is told of: a finding, followed over time.</summary>
/// <remarks>All texts are one line of bounded length, free of control characters; each exit encodes them for its own syntax.</remarks>
/// <param name="Fingerprint">Which it is, whatever its numbers: 16 hexadecimal digits.</param>
/// <param name="Check">The check that found it.</param>
/// <param name="Target">The target; null: all of them.</param>
/// <param name="Family">4 or 6; null: both.</param>
/// <param name="Scope">What it is about.</param>
public sealed record Alert(string Fingerprint, string Check, string? Target, int? Family, Scope Scope)
{
    /// <summary>Where it is in its life.</summary>
    public AlertState State { get; init; } = AlertState.Pending;

    /// <summary>How much it matters at present.</summary>
    public Severity Severity { get; init; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset StartsAt { get; init; }

    /// <summary>When it was resolved; null: it is not.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>When it was first found no more, and not again since; null: it is found.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    /// <summary>First instant of the time that the finding is about.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>What was found, in the check's unit; null: cannot be put in a number.</summary>
    public double? Observed { get; init; }

    /// <summary>What should have been found, in the check's unit; null: cannot be put in a number.</summary>
    public double? Expected { get; init; }

    /// <summary>How many probes the statement rests on.</summary>
    public int SampleSize { get; init; }

    /// <summary>Some of the probes behind it, ascending by id.</summary>
    public IReadOnlyList<int> Probes { get; init; } = [];

    /// <summary>What is wrong.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the operator can do about it.</summary>
    public string Advice { get; init; } = "";
}
