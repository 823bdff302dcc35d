using Analyzer.Identities;
using Collector.Network;

namespace Analyzer.Catchments;

/// <summary>What became of one answered round that brought an identity.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="At">When, by the probe's clock; Unix seconds.</param>
/// <param name="Class">What it was taken for.</param>
/// <param name="Pop">The PoP; null for other classes.</param>
/// <param name="Microseconds">Its fastest answer; −1: unknown.</param>
public readonly record struct JudgedRound(int Probe, long At, IdentityClass Class, Pop? Pop, int Microseconds = -1);
