using Collector.Geography;

namespace Analyzer.Identities;

/// <summary>A guess, and what may still speak against it.</summary>
/// <param name="ByLight">The answer, should light agree.</param>
/// <param name="CountryAgrees">Whether a country code in the name supports it already.</param>
/// <param name="Elsewhere">Other places that the same letters name.</param>
internal sealed record GuessCandidate(Identification ByLight, bool CountryAgrees, IReadOnlyList<GeoPoint> Elsewhere)
{
    /// <summary>Light agrees when the PoP can have answered this fast and, without a country to say which is meant, no other
    /// place of that name can.</summary>
    public bool Agrees(Sighting seen) =>
        GreatCircle.IsPossible(seen.Probe, ByLight.Pop!.Position, seen.RttMs)
        && (CountryAgrees || Elsewhere.All(place => !GreatCircle.IsPossible(seen.Probe, place, seen.RttMs)));
}
