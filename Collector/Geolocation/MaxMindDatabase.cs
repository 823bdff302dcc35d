using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Collector.Geography;

namespace Collector.Geolocation;

/// <summary>Reads databases of the MaxMind DB format 2.0, such as GeoLite2 and GeoIP2.</summary>
/// <remarks>
/// A file is a search tree (two records a node: the next node for bit 0 and for bit 1, or where the data are), 16 zero bytes, the data, and
/// metadata behind a marker. The file is not trusted: whatever its bytes, an answer or an <see cref="InvalidDataException"/> comes back.
/// Files are memory-mapped, as they are large and few of their pages are needed; replace one by renaming a new file over it, not by
/// writing into it.
/// </remarks>
public sealed unsafe class MaxMindDatabase : IDisposable
{
    // The metadata are at the end; the format says how far back their marker can be.
    private const int LongestMetadata = 128 * 1024;
    private const int SeparatorBytes = 16;

    private static ReadOnlySpan<byte> Marker => [0xab, 0xcd, 0xef, (byte)'M', (byte)'a', (byte)'x', (byte)'M', (byte)'i', (byte)'n', (byte)'d', (byte)'.', (byte)'c', (byte)'o', (byte)'m'];

    private readonly MemoryMappedFile? _file;
    private readonly SafeBuffer? _view;
    private readonly byte* _mapped;
    private readonly byte[] _bytes = [];
    private readonly int _length;
    private readonly string _name;
    private readonly int _dataStart;
    private readonly int _dataEnd;
    private readonly long _ipv4Record;

    private MaxMindDatabase(string name, byte[] bytes)
    {
        (_name, _bytes, _length) = (name, bytes, bytes.Length);
        (Metadata, _dataStart, _dataEnd, _ipv4Record) = Inspect(bytes, name);
    }

    private MaxMindDatabase(string name, MemoryMappedFile file, MemoryMappedViewAccessor view, int length)
    {
        (_name, _file, _view, _length) = (name, file, view.SafeMemoryMappedViewHandle, length);
        _view.AcquirePointer(ref _mapped);
        _mapped += view.PointerOffset;
        try
        {
            (Metadata, _dataStart, _dataEnd, _ipv4Record) = Inspect(new ReadOnlySpan<byte>(_mapped, length), name);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the file says about itself.</summary>
    public MaxMindMetadata Metadata { get; }

    /// <summary>The database, for people.</summary>
    public GeoDatabaseInfo Info => new(_name, Metadata.DatabaseType, Metadata.BuiltAt, Metadata.Languages);

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such database, or a damaged one.</exception>
    public static MaxMindDatabase Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder; allowed: a .mmdb file");
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length is 0 or > int.MaxValue)
        {
            throw new InvalidDataException($"{path} has {stream.Length} bytes; allowed: 1 to {int.MaxValue}");
        }

        var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            return new MaxMindDatabase(path, file, view, (int)stream.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes a database that is in memory.</summary>
    /// <param name="bytes">The file's bytes, from then on left alone.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="InvalidDataException">It is no such database, or a damaged one.</exception>
    public static MaxMindDatabase Read(byte[] bytes, string name) => new(name, bytes);

    /// <summary>What is known about an address; null when nothing is. Safe from several threads.</summary>
    /// <exception cref="InvalidDataException">The database is damaged where this address is; one line says how.</exception>
    public GeoRecord? Find(IPAddress address)
    {
        if (Lookup(address) is not { } value)
        {
            return null;
        }

        var location = value["location"];
        var record = new GeoRecord
        {
            Country = Code(value["country"]),
            RegisteredCountry = Code(value["registered_country"]),
            City = Text(value["city"]?["names"]?["en"]),
            Position = GeoPoint.From(Degrees(location?["latitude"]), Degrees(location?["longitude"])),
            AccuracyRadiusKm = location?["accuracy_radius"] is MaxMindValue.Unsigned radius && radius.Value <= 20_038 ? (int)radius.Value : null,
            Asn = value["autonomous_system_number"] is MaxMindValue.Unsigned asn && asn.Value <= uint.MaxValue ? (uint)asn.Value : null,
            AsName = Text(value["autonomous_system_organization"]),
            IsAnycast = value["traits"]?["is_anycast"] is MaxMindValue.Boolean { Value: true },
        };
        return record == new GeoRecord() ? null : record;
    }

    /// <summary>The whole record of an address; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The database is damaged where this address is.</exception>
    public MaxMindValue? Lookup(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (!isV4 && Metadata.IpVersion == 4)
        {
            return null;
        }

        address.TryWriteBytes(bytes, out var length);
        var held = Hold(out var file);
        try
        {
            var record = Walk(file, Metadata, isV4 ? _ipv4Record : 0, bytes[..length]);
            return record < Metadata.NodeCount ? throw new InvalidDataException($"{_name} is damaged: its search tree is deeper than an address has bits")
                : record > Metadata.NodeCount ? DataAt(file, record)
                : null;
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>Reads the whole tree and every record once, so that damage shows now and not at some address later. Seconds, for the
    /// largest databases.</summary>
    /// <returns>How many different records there are.</returns>
    /// <exception cref="InvalidDataException">It is damaged somewhere.</exception>
    public int Verify()
    {
        var held = Hold(out var file);
        try
        {
            var offsets = new HashSet<long>();
            for (var node = 0; node < Metadata.NodeCount; node++)
            {
                for (var side = 0; side < 2; side++)
                {
                    var record = Record(file, Metadata, node, side);
                    if (record == 0)
                    {
                        throw new InvalidDataException($"{_name} is damaged: node {node} of its search tree leads back to the root");
                    }

                    if (record > Metadata.NodeCount && offsets.Add(record))
                    {
                        DataAt(file, record);
                    }
                }
            }

            if (Metadata.NodeCount > 0)
            {
                Height(file, new byte[Metadata.NodeCount], node: 0, depth: 0);
            }

            return offsets.Count;
        }
        finally
        {
            Release(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lookups under way hold the view; it goes away when the last of them is done.
        if (_view is { IsClosed: false })
        {
            _view.ReleasePointer();
            _view.Dispose();
            _file?.Dispose();
        }
    }

    private static (MaxMindMetadata Metadata, int DataStart, int DataEnd, long Ipv4Record) Inspect(ReadOnlySpan<byte> file, string name)
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

        // IPv4 addresses are ::a.b.c.d in a tree of IPv6 addresses. Where the 96 zeros end early, all of IPv4 has that record.
        Span<byte> zeros = stackalloc byte[12];
        zeros.Clear();
        var ipv4Record = metadata.IpVersion == 6 ? Walk(file, metadata, 0, zeros) : 0;
        return (metadata, (int)dataStart, dataEnd, ipv4Record);
    }

    /// <summary>Follows the bits of an address, or of the first part of one, from a node.</summary>
    /// <returns>Less than the node count: a node; equal: nothing is known; more: where the data are.</returns>
    private static long Walk(ReadOnlySpan<byte> file, MaxMindMetadata metadata, long from, ReadOnlySpan<byte> address)
    {
        var record = from;
        for (var bit = 0; bit < address.Length * 8 && record < metadata.NodeCount; bit++)
        {
            record = Record(file, metadata, (int)record, (address[bit >> 3] >> (7 - (bit & 7))) & 1);
        }

        return record;
    }

    /// <summary>The left (0) or right (1) record of a node.</summary>
    private static long Record(ReadOnlySpan<byte> file, MaxMindMetadata metadata, int node, int side)
    {
        var bytes = file.Slice(node * metadata.NodeBytes, metadata.NodeBytes);
        return metadata.RecordSizeBits switch
        {
            24 => UInt24(bytes[(side * 3)..]),
            32 => BinaryPrimitives.ReadUInt32BigEndian(bytes[(side * 4)..]),

            // 28 bits: the byte in the middle holds the highest four bits of both.
            _ => side == 0 ? ((uint)(bytes[3] & 0xf0) << 20) | UInt24(bytes) : ((uint)(bytes[3] & 0x0f) << 24) | UInt24(bytes[4..]),
        };
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => ((uint)bytes[0] << 16) | ((uint)bytes[1] << 8) | bytes[2];

    private static double? Degrees(MaxMindValue? value) => value is MaxMindValue.Double degrees ? degrees.Value : null;

    private static string? Text(MaxMindValue? value) => value is MaxMindValue.Text { Value.Length: > 0 } text ? text.Value : null;

    private static string? Code(MaxMindValue? country) =>
        Text(country?["iso_code"]) is { Length: 2 } code && char.IsAsciiLetter(code[0]) && char.IsAsciiLetter(code[1]) ? code.ToUpperInvariant() : null;

    /// <summary>How many bits are below a node, itself included. Parts of a tree may be shared (IPv4 has several ways in), so each node is
    /// visited once and remembered; a circle would be deeper than an address has bits.</summary>
    private int Height(ReadOnlySpan<byte> file, byte[] heights, int node, int depth)
    {
        var bits = Metadata.IpVersion == 6 ? 128 : 32;
        if (heights[node] == 0 && depth < bits)
        {
            var below = 0;
            for (var side = 0; side < 2; side++)
            {
                var record = Record(file, Metadata, node, side);
                if (record < Metadata.NodeCount)
                {
                    below = Math.Max(below, Height(file, heights, (int)record, depth + 1));
                }
            }

            heights[node] = (byte)(below + 1);
        }

        return heights[node] > 0 && depth + heights[node] <= bits
            ? heights[node]
            : throw new InvalidDataException($"{_name} is damaged: its search tree is deeper than an address has bits");
    }

    private MaxMindValue DataAt(ReadOnlySpan<byte> file, long record)
    {
        var offset = record - Metadata.NodeCount - SeparatorBytes;
        var data = file[_dataStart.._dataEnd];
        return offset >= 0 && offset < data.Length
            ? new MaxMindDecoder(data, _name).Decode((int)offset)
            : throw new InvalidDataException($"{_name} is damaged: a record of its search tree leads to {offset} in data of {data.Length} bytes");
    }

    /// <summary>Takes the file's bytes, and keeps them from being unmapped until they are given back.</summary>
    private bool Hold(out ReadOnlySpan<byte> file)
    {
        var held = false;
        if (_view is null)
        {
            file = _bytes;
        }
        else
        {
            _view.DangerousAddRef(ref held);
            file = new ReadOnlySpan<byte>(_mapped, _length);
        }

        return held;
    }

    private void Release(bool held)
    {
        if (held)
        {
            _view!.DangerousRelease();
        }
    }
}
