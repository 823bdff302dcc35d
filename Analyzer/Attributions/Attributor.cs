using Analyzer.Identities;
using Collector.Geography;
using Collector.Results;

namespace Analyzer.Attributions;

/// <summary>Attributes rounds to PoPs: the identities of one probe and round, its place and its round-trip time together.</summary>
/// <remarks>
/// Nothing is voted on here: an impossible round says that probe, PoP or identity lies, and which of them is decided by looking
/// at the other rounds of that probe and that PoP.
/// </remarks>
public sealed class Attributor(Identifier identifier)
{
    /// <summary>The source of identities that come from NSID (RFC 5001).</summary>
    public const string NsidSource = "nsid";

    // What a result without its query answered: the first of what the target is asked.
    private string DefaultSource => identifier.Target.Identity is [var first, ..] ? first : "id.server";

    /// <summary>Attributes one round.</summary>
    /// <param name="answers">The identities that the round brought: CHAOS answers and NSID.</param>
    /// <param name="at">When it was asked.</param>
    /// <param name="probe">Where the probe stands; null: unplaced, so that light cannot be asked.</param>
    /// <param name="rttMs">The fastest answer of the round in milliseconds; NaN: unknown.</param>
    /// <returns>Null when no answer holds an identifier: answered, and neither attributed nor unknown.</returns>
    public Attribution? Attribute(IEnumerable<RoundAnswer> answers, DateTimeOffset at, GeoPoint? probe = null, double rttMs = double.NaN)
    {
        Sighting? sighting = probe is { } place && double.IsFinite(rttMs) && rttMs >= 0 ? new Sighting(place, rttMs) : null;
        var identities = new List<Identification>();
        foreach (var answer in answers)
        {
            if (answer.Identity is { } text && identifier.Identify(text, answer.Source, at, sighting) is { Identity.Length: > 0 } identity)
            {
                identities.Add(identity);
            }
        }

        return identities.Count == 0 ? null : UnderLight(Combine(identities), sighting);
    }

    /// <summary>Attributes one DNS observation by its CHAOS identity and its NSID.</summary>
    /// <param name="observation">A DNS observation; a ping has nothing to say here.</param>
    /// <param name="probe">Where the probe stands; null: unplaced.</param>
    /// <returns>Null when it was not answered, or answered without identifier.</returns>
    public Attribution? Attribute(in Observation observation, GeoPoint? probe = null) =>
        observation.Kind != MeasurementKind.Dns || observation.Outcome != Outcome.Answered
            ? null
            : Attribute(
                [new RoundAnswer(observation.Query ?? DefaultSource, observation.Identity), new RoundAnswer(NsidSource, observation.Nsid)],
                DateTimeOffset.FromUnixTimeSeconds(observation.At),
                probe,
                observation.RttMs);

    /// <summary>What the identities of one round say together, before light is asked.</summary>
    /// <remarks>
    /// A stranger's identity outweighs all others: what came through a middlebox tells of the middlebox's way to us, not of the
    /// probe's. A rule outweighs a guess. Two questions that name the same PoP by rule confirm each other.
    /// </remarks>
    /// <param name="identities">At least one.</param>
    public static Attribution Combine(IReadOnlyList<Identification> identities)
    {
        if (identities.Any(identity => identity.Class == IdentityClass.Interceptor))
        {
            return Without(IdentityClass.Interceptor, identities);
        }

        var named = identities.Where(identity => identity.Class == IdentityClass.Pop).ToList();
        var sure = named.Where(identity => identity.Confidence != Confidence.Guessed).ToList();
        var counted = sure.Count > 0 ? sure : named;
        if (counted.Count == 0)
        {
            return Without(IdentityClass.Unknown, identities);
        }

        var pop = counted[0].Pop!;
        if (counted.Any(identity => !identity.Pop!.Code.Equals(pop.Code, StringComparison.OrdinalIgnoreCase)))
        {
            // Guesses that disagree are no conflict of witnesses, only bad guesses.
            return Without(sure.Count > 0 ? IdentityClass.Conflict : IdentityClass.Unknown, identities);
        }

        var sources = sure.Select(identity => identity.Source).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        return new Attribution(
            IdentityClass.Pop,
            pop,
            counted.Select(identity => identity.Server).FirstOrDefault(server => server is not null),
            sources >= 2 ? Confidence.Confirmed : sources == 1 ? Confidence.Single : Confidence.Guessed,
            identities);
    }

    /// <summary>The same, or impossible when nothing can travel from the probe to the PoP and back that fast.</summary>
    public static Attribution UnderLight(Attribution attribution, Sighting? sighting) =>
        attribution is { Class: IdentityClass.Pop, Pop: { } pop } && sighting is { } seen
            && !GreatCircle.IsPossible(seen.Probe, pop.Position, seen.RttMs)
            ? attribution with { Class = IdentityClass.Impossible, Confidence = null }
            : attribution;

    private static Attribution Without(IdentityClass verdict, IReadOnlyList<Identification> identities) => new(verdict, null, null, null, identities);
}
