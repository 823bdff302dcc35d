namespace Collector.Store;

/// <summary>How much of a measurement the store holds.</summary>
/// <param name="Measurement">Its id.</param>
/// <param name="Days">UTC days with samples.</param>
/// <param name="Blocks">Packed rows: one a probe and day.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="Earliest">Unix seconds of the first sample, by the probe's clock.</param>
/// <param name="Latest">Unix seconds of the last sample, by the probe's clock.</param>
public sealed record MeasurementFacts(long Measurement, long Days, long Blocks, long Samples, long Earliest, long Latest);
