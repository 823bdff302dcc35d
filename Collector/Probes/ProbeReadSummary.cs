namespace Collector.Probes;

/// <summary>What came of reading probes.</summary>
/// <param name="Probes">How many probes were handed on.</param>
/// <param name="Rejected">How many objects were no probe, by reason.</param>
/// <param name="CutOff">Whether the input ended in the middle of something.</param>
public sealed record ProbeReadSummary(int Probes, IReadOnlyDictionary<string, int> Rejected, bool CutOff);
