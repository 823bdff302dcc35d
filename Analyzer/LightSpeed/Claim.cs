using Collector.Geography;

namespace Analyzer.LightSpeed;

/// <summary>What a probe's answer claims: that a PoP's place is within reach of its round-trip time.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="ProbePlace">Where the probe is said to be.</param>
/// <param name="Pop">The PoP that the identity names.</param>
/// <param name="PopPlace">Where the PoP is said to be.</param>
/// <param name="RttMs">Round-trip time; the shortest, where the claim stands for several answers. Milliseconds.</param>
/// <param name="Identity">What the server answered; null when nothing was (a ping).</param>
/// <param name="Answers">How many answers it stands for.</param>
public readonly record struct Claim(
    int Probe, GeoPoint ProbePlace, string Pop, GeoPoint PopPlace, double RttMs, string? Identity = null, int Answers = 1);
