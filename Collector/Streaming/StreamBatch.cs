namespace Collector.Streaming;

/// <summary>Results that came over the stream, ready to be imported.</summary>
/// <param name="Lines">For each measurement its results, one JSON object a line.</param>
/// <param name="Results">How many there are in all.</param>
public sealed record StreamBatch(IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Lines, int Results);
