namespace Collector.Results;

/// <summary>Reads results from files, standard input and HTTP bodies: lines of JSON, JSON arrays, either gzipped.</summary>
public static class ResultReader
{
    /// <summary>Decodes everything in a stream. Its format is detected; memory does not grow with its length.</summary>
    /// <returns>What became of it; look at <see cref="ReadSummary.Incomplete"/>.</returns>
    public static ReadSummary Read(Stream input, IResultHandler handler, CancellationToken cancellation = default)
    {
        using var splitter = new ResultSplitter(input);
        var decoder = new ResultDecoder();
        while (splitter.Next() is { } block)
        {
            using (block)
            {
                cancellation.ThrowIfCancellationRequested();
                block.Decode(decoder, handler);
            }
        }

        return new ReadSummary(decoder.Counts, splitter.Bytes, splitter.Incomplete);
    }

    /// <summary>The same for what is in memory.</summary>
    public static ReadSummary Read(byte[] input, IResultHandler handler, CancellationToken cancellation = default)
    {
        using var stream = new MemoryStream(input, writable: false);
        return Read(stream, handler, cancellation);
    }

    /// <summary>The same without blocking a thread while the network is slow.</summary>
    public static async Task<ReadSummary> ReadAsync(Stream input, IResultHandler handler, CancellationToken cancellation = default)
    {
        using var splitter = new ResultSplitter(input);
        var decoder = new ResultDecoder();
        while (await splitter.NextAsync(cancellation) is { } block)
        {
            using (block)
            {
                block.Decode(decoder, handler);
            }
        }

        return new ReadSummary(decoder.Counts, splitter.Bytes, splitter.Incomplete);
    }
}

/// <summary>What became of one input.</summary>
/// <param name="Counts">Results, observations, rejections.</param>
/// <param name="Bytes">Length, after unpacking.</param>
/// <param name="Incomplete">In words, how the input ended before its end; null when it was whole.</param>
public sealed record ReadSummary(ResultCounts Counts, long Bytes, string? Incomplete);
