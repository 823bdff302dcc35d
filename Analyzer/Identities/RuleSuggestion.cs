using Collector.Network;

namespace Analyzer.Identities;

/// <summary>A rule that the operator may want to add, made from an unknown identity. Never applied by itself.</summary>
/// <param name="Pattern">What to add to the PoP's <c>Identities</c>.</param>
/// <param name="Pop">The PoP.</param>
/// <param name="Reason">What in the identity names it.</param>
public sealed record RuleSuggestion(string Pattern, Pop Pop, string Reason);
