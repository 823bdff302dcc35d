namespace Analyzer.Findings;

/// <summary>What a check noticed, with the numbers behind it.</summary>
/// <param name="Check">The check's one name everywhere: <c>black-hole</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Target">The target's name; null: it concerns all of them.</param>
/// <param name="Family">4 or 6; null: it concerns both.</param>
/// <param name="Scope">What it is about.</param>
/// <param name="From">First instant of the time that was looked at.</param>
/// <param name="To">First instant after it.</param>
/// <param name="Observed">What was found, in the check's unit; null: cannot be put in a number.</param>
/// <param name="Expected">What should have been found, in the check's unit; null: cannot be put in a number.</param>
/// <param name="SampleSize">How many probes the statement rests on.</param>
/// <param name="Probes">The probes behind it, ascending by id.</param>
/// <param name="Message">What is wrong, in one sentence.</param>
/// <param name="Advice">What the operator can do about it.</param>
public sealed record Finding(
    string Check,
    Severity Severity,
    string? Target,
    int? Family,
    Scope Scope,
    DateTimeOffset From,
    DateTimeOffset To,
    double? Observed,
    double? Expected,
    int SampleSize,
    IReadOnlyList<int> Probes,
    string Message,
    string Advice);
