using Collector.Geography;

namespace Analyzer.Attributions;

/// <summary>What a probe's answer claims: that a PoP's place is within reach of its round-trip time.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="ProbePlace">Where the probe is said to be.</param>
/// <param name="Pop">The PoP that the identity names.</param>
/// <param name="PopPlace">Where the PoP is said to be.</param>
/// <param name="RttMs">Round-trip time; the shortest, where the claim stands for several answers. Milliseconds.</param>
/// <param name="Identity">What the server answered; null when nothing was (a ping).</param>
/// <param name="Answers">How many answers it stands for.</param>
public readonly record struct Claim(
    int Probe, GeoPoint ProbePlace, string Pop, GeoPoint PopPlace, double RttMs, string? Identity = null, int Answers = 1)
{
    /// <summary>Where a GeoIP database has the probe's address, when that is far from where the probe is said to be: a witness against that
    /// place, of whom it takes another to be believed. Null: there is none.</summary>
    public GeoPoint? Elsewhere { get; init; }

    /// <summary>How far from there it may be. Kilometres.</summary>
    public double ElsewhereKm { get; init; }

    /// <summary>Whether nobody but a GeoIP database says where the probe is: a weaker word than a host's.</summary>
    public bool IsPlaceGuessed { get; init; }
}
