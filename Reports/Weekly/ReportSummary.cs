namespace Reports.Weekly;

/// <summary>What the list of weeks and the first page need of a report: the rest of its file can weigh megabytes.</summary>
/// <param name="Week">The ISO week, <c>2026-W46</c>.</param>
/// <param name="Sentences">The three sentences that a manager reads.</param>
/// <param name="IsEarly">Whether it was written before all results of the week were there. Null: no.</param>
public sealed record ReportSummary(string Week, IReadOnlyList<string> Sentences, bool? IsEarly = null);
