namespace Analyzer.Attributions;

/// <summary>One identity of a round, with the question it answered.</summary>
/// <param name="Source"><c>id.server</c>, <c>hostname.bind</c>, <c>nsid</c> …</param>
/// <param name="Identity">What was answered; null or empty: an answer without identifier.</param>
public readonly record struct RoundAnswer(string Source, string? Identity);
