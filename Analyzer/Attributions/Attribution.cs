using Analyzer.Identities;
using Collector.Network;

namespace Analyzer.Attributions;

/// <summary>The PoP that one probe reached in one round, or why there is none.</summary>
/// <param name="Class">What the identities of the round say together.</param>
/// <param name="Pop">The PoP; for <see cref="IdentityClass.Impossible"/> the one that was claimed; null for the other classes.</param>
/// <param name="Server">The server inside the PoP; null: unknown.</param>
/// <param name="Confidence">How sure; null without a PoP, and when it is impossible.</param>
/// <param name="Evidence">The identities that it rests on, in the order in which they were given.</param>
public sealed record Attribution(
    IdentityClass Class, Pop? Pop, string? Server, Confidence? Confidence, IReadOnlyList<Identification> Evidence);
