using System.Buffers.Binary;

namespace Collector.Geolocation;

/// <summary>Looks for damage inside a file of the MaxMind DB format 2.0: what the package that reads it does not do.</summary>
/// <remarks>
/// A file is a search tree (two records a node: the next node for bit 0 and for bit 1, or where the data are), 16 zero bytes, the data, and
/// metadata behind a marker. All of it is gone through once, so that damage shows now and not at some address later. Whatever the bytes,
/// there is an end: depth, values and text of a record are bounded, and so is what all records together unfold to.
/// </remarks>
public static class MaxMindStructure
{
    // The metadata are at the end; the format says how far back their marker can be.
    private const int LongestMetadata = 128 * 1024;
    private const int SeparatorBytes = 16;

    // Genuine databases unfold to two or three values a byte, as they share what is repeated.
    private const long ValuesAByte = 16;
    private const long ValuesOfSmallFiles = 10_000_000;

    private static ReadOnlySpan<byte> Marker => [0xab, 0xcd, 0xef, (byte)'M', (byte)'a', (byte)'x', (byte)'M', (byte)'i', (byte)'n', (byte)'d', (byte)'.', (byte)'c', (byte)'o', (byte)'m'];

    /// <summary>Goes through a whole file. Seconds, for the largest.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="InvalidDataException">It is damaged somewhere; one line says where.</exception>
    public static MaxMindContents Verify(ReadOnlySpan<byte> file, string name)
    {
        var (metadata, data) = Inspect(file, name);
        var tree = file[..(int)metadata.TreeBytes];
        var offsets = new HashSet<long>();
        var contents = new MaxMindContents();
        var values = 0L;
        var most = ValuesOfSmallFiles + (ValuesAByte * data.Length);
        for (var node = 0; node < metadata.NodeCount; node++)
        {
            for (var side = 0; side < 2; side++)
            {
                var record = Record(tree, metadata, node, side);
                if (record == 0)
                {
                    throw new InvalidDataException($"{name} is damaged: node {node} of its search tree leads back to the root");
                }

                if (record > metadata.NodeCount && offsets.Add(record))
                {
                    contents.Add(DataAt(data, record - metadata.NodeCount - SeparatorBytes, name, ref values));
                    if (values > most)
                    {
                        throw new InvalidDataException($"{name} is damaged: its records unfold to over {most} values");
                    }
                }
            }
        }

        if (metadata.NodeCount > 0)
        {
            Height(tree, metadata, name, new byte[metadata.NodeCount], node: 0, depth: 0);
        }

        return contents;
    }

    /// <summary>What the file says about itself.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    internal static MaxMindMetadata Metadata(ReadOnlySpan<byte> file, string name) => Inspect(file, name).Metadata;

    private static MaxMindInside Inspect(ReadOnlySpan<byte> file, string name)
    {
        var from = Math.Max(0, file.Length - LongestMetadata);
        var found = file[from..].LastIndexOf(Marker);
        if (found < 0)
        {
            throw new InvalidDataException($"{name} is no MaxMind DB file: it has no metadata marker in its last 128 KiB");
        }

        var dataEnd = from + found;
        var metadata = MaxMindMetadata.From(new MaxMindDecoder(file[(dataEnd + Marker.Length)..], $"{name} (metadata)").Decode(0), name);
        var dataStart = metadata.TreeBytes + SeparatorBytes;
        if (dataStart > dataEnd)
        {
            throw new InvalidDataException($"{name}: its node_count {metadata.NodeCount} makes a search tree of {metadata.TreeBytes} bytes, but the data end at {dataEnd}");
        }

        if (file.Slice((int)metadata.TreeBytes, SeparatorBytes).ContainsAnyExcept((byte)0))
        {
            throw new InvalidDataException($"{name}: no 16 zero bytes follow the search tree of {metadata.NodeCount} nodes; node_count or the tree is damaged");
        }

        return new MaxMindInside(metadata, file[(int)dataStart..dataEnd]);
    }

    /// <summary>The left (0) or right (1) record of a node. Less than the node count: a node; equal: nothing is known; more: where the data
    /// are.</summary>
    private static long Record(ReadOnlySpan<byte> tree, MaxMindMetadata metadata, int node, int side)
    {
        var bytes = tree.Slice(node * metadata.NodeBytes, metadata.NodeBytes);
        return metadata.RecordSizeBits switch
        {
            24 => UInt24(bytes[(side * 3)..]),
            32 => BinaryPrimitives.ReadUInt32BigEndian(bytes[(side * 4)..]),

            // 28 bits: the byte in the middle holds the highest four bits of both.
            _ => side == 0 ? ((uint)(bytes[3] & 0xf0) << 20) | UInt24(bytes) : ((uint)(bytes[3] & 0x0f) << 24) | UInt24(bytes[4..]),
        };
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => ((uint)bytes[0] << 16) | ((uint)bytes[1] << 8) | bytes[2];

    /// <summary>How many bits are below a node, itself included. Parts of a tree may be shared (IPv4 has several ways in), so each node is
    /// visited once and remembered; a circle would be deeper than an address has bits.</summary>
    private static int Height(ReadOnlySpan<byte> tree, MaxMindMetadata metadata, string name, byte[] heights, int node, int depth)
    {
        var bits = metadata.IpVersion == 6 ? 128 : 32;
        if (heights[node] == 0 && depth < bits)
        {
            var below = 0;
            for (var side = 0; side < 2; side++)
            {
                var record = Record(tree, metadata, node, side);
                if (record < metadata.NodeCount)
                {
                    below = Math.Max(below, Height(tree, metadata, name, heights, (int)record, depth + 1));
                }
            }

            heights[node] = (byte)(below + 1);
        }

        return heights[node] > 0 && depth + heights[node] <= bits
            ? heights[node]
            : throw new InvalidDataException($"{name} is damaged: its search tree is deeper than an address has bits");
    }

    private static MaxMindValue DataAt(ReadOnlySpan<byte> data, long offset, string name, ref long values)
    {
        if (offset < 0 || offset >= data.Length)
        {
            throw new InvalidDataException($"{name} is damaged: a record of its search tree leads to {offset} in data of {data.Length} bytes");
        }

        var decoder = new MaxMindDecoder(data, name);
        var value = decoder.Decode((int)offset);
        values += decoder.Values + 1;
        return value;
    }

    private readonly ref struct MaxMindInside(MaxMindMetadata metadata, ReadOnlySpan<byte> data)
    {
        public readonly MaxMindMetadata Metadata = metadata;
        public readonly ReadOnlySpan<byte> Data = data;

        public void Deconstruct(out MaxMindMetadata metadata, out ReadOnlySpan<byte> data)
        {
            metadata = Metadata;
            data = Data;
        }
    }
}
