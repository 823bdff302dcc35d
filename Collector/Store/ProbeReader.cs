using System.Runtime.InteropServices;

namespace Collector.Store;

/// <summary>Blocks of several measurements, ascending by probe, and by day within probe and measurement.</summary>
internal interface IBlocks : IDisposable
{
    /// <summary>The probe of the current block.</summary>
    int Probe { get; }

    /// <summary>Its measurement's place in the list that was asked for.</summary>
    int Index { get; }

    /// <summary>Its day: UTC days since 1970.</summary>
    long Day { get; }

    /// <summary>The block; good until the next.</summary>
    ReadOnlySpan<byte> Block { get; }

    /// <summary>Moves to the next block; false when there is none.</summary>
    bool MoveNext();
}

/// <summary>Puts the samples of a probe together, as its blocks come.</summary>
internal static class ProbeReader
{
    /// <summary>Reads probe by probe.</summary>
    /// <param name="open">Begins to read blocks.</param>
    /// <param name="measurements">How many measurements were asked for.</param>
    /// <param name="from">Unix seconds of the first sample wanted.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <returns>One instance, refilled for each probe that has samples.</returns>
    public static IEnumerable<ProbeSamples> Read(Func<IBlocks> open, int measurements, long from, long to)
    {
        using var blocks = open();
        var samples = new ProbeSamples(measurements);
        var isEmpty = true;
        while (blocks.MoveNext())
        {
            if (blocks.Probe != samples.Probe && !isEmpty)
            {
                yield return samples;
                samples.Clear();
                isEmpty = true;
            }

            samples.Probe = blocks.Probe;
            isEmpty &= !Add(blocks.Block, blocks.Day, samples.Of(blocks.Index), from, to);
        }

        if (!isEmpty)
        {
            yield return samples;
        }
    }

    /// <summary>Adds a block's samples in [from, to); false when there are none.</summary>
    private static bool Add(ReadOnlySpan<byte> block, long day, List<Sample> samples, long from, long to)
    {
        var start = UnixDay.Start(day);
        var before = samples.Count;
        BlockCodec.Decode(block, start, samples);
        if (start < from || unchecked(start + UnixDay.Seconds) > to)
        {
            Keep(samples, before, from, to);
        }

        return samples.Count > before;
    }

    private static void Keep(List<Sample> samples, int before, long from, long to)
    {
        var added = CollectionsMarshal.AsSpan(samples)[before..];
        var kept = 0;
        foreach (ref readonly var sample in added)
        {
            if (sample.At >= from && sample.At < to)
            {
                added[kept++] = sample;
            }
        }

        CollectionsMarshal.SetCount(samples, before + kept);
    }
}
