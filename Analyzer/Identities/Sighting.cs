using Collector.Geography;

namespace Analyzer.Identities;

/// <summary>Where an identity was seen from, and how fast it came.</summary>
/// <param name="Probe">Where the probe stands.</param>
/// <param name="RttMs">Round-trip time in milliseconds.</param>
public readonly record struct Sighting(GeoPoint Probe, double RttMs);
