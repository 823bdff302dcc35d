namespace Collector.Store;

/// <summary>How much of a measurement the store holds of one UTC day.</summary>
/// <param name="Day">The day, counted from 1970-01-01.</param>
/// <param name="Probes">Probes with samples.</param>
/// <param name="Samples">Samples: whenever one is added, there are more.</param>
public readonly record struct StoredDay(long Day, long Probes, long Samples);
