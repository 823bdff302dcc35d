using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Collector.Results;
using Collector.Store;

namespace Collector.Import;

/// <summary>A bounded number of results on their way into archive and store: their text, and what was decoded from it.</summary>
/// <remarks>The text of all results lies one after the other in one array, each with a line feed behind it, so that what goes to one
/// archive file mostly is one piece.</remarks>
internal sealed class ImportBatch : IResultHandler
{
    /// <summary>Bytes of results after which a batch is full. Larger ones pack no better; three of these are in flight.</summary>
    public const int FullBytes = 24 * 1024 * 1024;

    /// <summary>Observations after which a batch is full, however short their texts.</summary>
    public const int FullObservations = 250_000;

    /// <summary>Results after which a batch is full: what is no result can be short indeed.</summary>
    private const int FullLines = 500_000;

    /// <summary>1 October 2010. A result older than Atlas tells of the probe's clock only.</summary>
    private const long AtlasBegan = 1_285_891_200;

    private readonly Dictionary<(long Measurement, long Day), int> fileOf = [];
    private readonly List<(long Measurement, long Day)> files = [];
    private readonly List<string> reasons = [];
    private byte[] text = GC.AllocateUninitializedArray<byte>(FullBytes + (1 << 20));
    private Line[] lines = new Line[4096];
    private int used;
    private int lineCount;
    private int lastFile = -1;
    private ReadOnlyMemory<byte> block;
    private nint lastOffset;
    private bool isNewBlock = true;

    /// <summary>Which observations are wanted; null: all.</summary>
    public Predicate<Observation>? Filter { get; set; }

    /// <summary>What was decoded.</summary>
    public SampleBatch Samples { get; } = new();

    /// <summary>The files that results go to, by the numbers in <see cref="Line.File"/>.</summary>
    public IReadOnlyList<(long Measurement, long Day)> Files => files;

    /// <summary>The results.</summary>
    public Span<Line> Lines => lines.AsSpan(0, lineCount);

    /// <summary>Observations that the filter did not want.</summary>
    public long Unwanted { get; private set; }

    /// <summary>When the earliest result was taken: Unix seconds; null when there is none.</summary>
    public long? Earliest { get; private set; }

    /// <summary>Bytes of results.</summary>
    public int Bytes => used;

    /// <summary>Whether it should be committed.</summary>
    public bool IsFull => used >= FullBytes || Samples.Count >= FullObservations || lineCount >= FullLines;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => lineCount == 0;

    /// <summary>The text of a result, with its line feed.</summary>
    public ReadOnlyMemory<byte> Text(in Line line) => text.AsMemory(line.Start, line.Length);

    /// <summary>The bytes between two places of the text.</summary>
    public ReadOnlySpan<byte> Text(int start, int end) => text.AsSpan(start, end - start);

    /// <summary>Why a result was rejected.</summary>
    public string Reason(in Line line) => reasons[line.Reason - 1];

    /// <summary>Decodes a block into this batch.</summary>
    public void Decode(ResultBlock results, ResultDecoder decoder)
    {
        block = results.Count > 0 ? results[0] : default;
        isNewBlock = true;
        results.Decode(decoder, this);
        block = default;
    }

    /// <inheritdoc/>
    public void Accept(in Observation observation, ReadOnlySpan<byte> result)
    {
        if (Filter is not null && !Filter(observation))
        {
            Unwanted++;
            return;
        }

        var index = LineOf(result);
        ref var line = ref lines[index];
        if (line.File < 0)
        {
            var at = observation.StoredAt > 0 ? observation.StoredAt : observation.At;
            line.File = FileOf(observation.Measurement, UnixDay.Of(at));
            Earliest = Earliest is { } earliest && (earliest <= at || at < AtlasBegan) ? earliest : at;
        }

        Samples.Add(observation, index);
    }

    /// <inheritdoc/>
    public void Reject(string reason, ReadOnlySpan<byte> result)
    {
        ref var line = ref lines[LineOf(result)];
        if (line.Reason == 0)
        {
            // The reasons are a small fixed set.
            line.Reason = reasons.IndexOf(reason) + 1;
            if (line.Reason == 0)
            {
                reasons.Add(reason);
                line.Reason = reasons.Count;
            }
        }
    }

    /// <summary>Empties it for the next results.</summary>
    public void Clear()
    {
        Samples.Clear();
        fileOf.Clear();
        files.Clear();
        reasons.Clear();
        used = 0;
        lineCount = 0;
        lastFile = -1;
        isNewBlock = true;
        Unwanted = 0;
        Earliest = null;
    }

    /// <summary>The line of a result, added when the result is another one than at the last call.</summary>
    /// <remarks>The elements of a resultset come with the same bytes, which are known by their place in the block.</remarks>
    private int LineOf(ReadOnlySpan<byte> result)
    {
        var offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(block.Span), ref MemoryMarshal.GetReference(result));
        if (!isNewBlock && offset == lastOffset)
        {
            return lineCount - 1;
        }

        isNewBlock = false;
        lastOffset = offset;
        if (text.Length - used <= result.Length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, used + result.Length + 1));
        }

        var copy = text.AsSpan(used, result.Length);
        result.CopyTo(copy);

        // An indented result becomes one line. Between tokens any white space is as good; inside texts JSON allows no line end.
        if (copy.ContainsAny((byte)'\n', (byte)'\r'))
        {
            copy.Replace((byte)'\n', (byte)' ');
            copy.Replace((byte)'\r', (byte)' ');
        }

        text[used + result.Length] = (byte)'\n';
        if (lineCount == lines.Length)
        {
            Array.Resize(ref lines, lineCount * 2);
        }

        lines[lineCount] = new Line { Start = used, Length = result.Length + 1, File = -1 };
        used += result.Length + 1;
        return lineCount++;
    }

    private int FileOf(long measurement, long day)
    {
        if (lastFile >= 0 && files[lastFile] == (measurement, day))
        {
            return lastFile;
        }

        ref var file = ref CollectionsMarshal.GetValueRefOrAddDefault(fileOf, (measurement, day), out var isKnown);
        if (!isKnown)
        {
            file = files.Count;
            files.Add((measurement, day));
        }

        return lastFile = file;
    }

    /// <summary>Where a result is, where it goes, and whether it has to.</summary>
    internal struct Line
    {
        /// <summary>Where its text begins.</summary>
        public int Start;

        /// <summary>Length of its text, with the line feed.</summary>
        public int Length;

        /// <summary>The archive file it belongs to; −1: none, as no element of it is an observation.</summary>
        public int File;

        /// <summary>One more than the index of the reason why it, or an element of it, was rejected; 0: none was.</summary>
        public int Reason;

        /// <summary>Whether the store learnt something from it.</summary>
        public bool IsNews;
    }
}
