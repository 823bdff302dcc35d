using System.Buffers.Binary;
using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Collector.Geolocation;

/// <summary>Makes files of the MaxMind DB format 2.0: small ones, such as the simulator's and the tests'.</summary>
/// <remarks>Values are text, numbers (<c>ushort</c>, <c>uint</c>, <c>ulong</c>, <c>UInt128</c>, <c>int</c>, <c>float</c>, <c>double</c>),
/// truths, bytes, maps by text, and lists of all these; null is left out. https://maxmind.github.io/MaxMind-DB/ has the format.</remarks>
public sealed class MaxMindWriter
{
    private const int SeparatorBytes = 16;

    private static readonly string[] Languages = ["en"];

    private readonly List<(IPNetwork Network, byte[] Record)> _networks = [];
    private readonly string _type;
    private readonly DateTimeOffset _builtAt;
    private readonly int _ipVersion;

    /// <summary>Starts an empty one.</summary>
    /// <param name="databaseType">What it is to say it is: <c>GeoLite2-City</c>.</param>
    /// <param name="builtAt">When it is to say it was made.</param>
    /// <param name="ipVersion">6, which holds addresses of both families, or 4.</param>
    public MaxMindWriter(string databaseType, DateTimeOffset builtAt, int ipVersion = 6)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ipVersion is 4 or 6, true);
        (_type, _builtAt, _ipVersion) = (databaseType, builtAt, ipVersion);
    }

    /// <summary>Its description, in English.</summary>
    public string Description { get; init; } = "";

    /// <summary>The least bits of a record of the tree: 24, 28 or 32. More are taken where more are needed.</summary>
    internal int LeastRecordSize { get; init; } = 24;

    /// <summary>Adds a network. Of two that overlap, addresses find the smaller one; of two alike, the later.</summary>
    /// <exception cref="ArgumentException">The network is IPv6 and the database is not, or a value is of none of the kinds above.</exception>
    public void Add(IPNetwork network, IEnumerable<KeyValuePair<string, object?>> record)
    {
        if (_ipVersion == 4 && network.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"{network} does not go into a database of IPv4 addresses", nameof(network));
        }

        var bytes = new List<byte>();
        Map(bytes, record);
        _networks.Add((network, [.. bytes]));
    }

    /// <summary>A City database's record of a place.</summary>
    public static IReadOnlyDictionary<string, object?> City(GeoRecord record) => new Dictionary<string, object?>
    {
        ["country"] = record.Country is { } country ? new Dictionary<string, object?> { ["iso_code"] = country } : null,
        ["registered_country"] = record.RegisteredCountry is { } registered ? new Dictionary<string, object?> { ["iso_code"] = registered } : null,
        ["city"] = record.City is { } city ? new Dictionary<string, object?> { ["names"] = new Dictionary<string, object?> { ["en"] = city } } : null,
        ["location"] = record.Position is { } position
            ? new Dictionary<string, object?>
            {
                ["latitude"] = position.LatitudeDegrees,
                ["longitude"] = position.LongitudeDegrees,
                ["accuracy_radius"] = record.AccuracyRadiusKm is { } radius ? (ushort)radius : null,
            }
            : null,
        ["traits"] = record.IsAnycast ? new Dictionary<string, object?> { ["is_anycast"] = true } : null,
    };

    /// <summary>An ASN database's record of a network.</summary>
    public static IReadOnlyDictionary<string, object?> Asn(GeoRecord record) => new Dictionary<string, object?>
    {
        ["autonomous_system_number"] = record.Asn,
        ["autonomous_system_organization"] = record.AsName,
    };

    /// <summary>Writes it.</summary>
    /// <exception cref="InvalidOperationException">It grew beyond what the format can address.</exception>
    public void Write(Stream destination)
    {
        // Nodes are pairs; a value is a node (positive), nothing (0: the root is nobody's child) or a record (negative, −1 − its offset).
        var nodes = new List<(long Left, long Right)> { default };
        var data = new List<byte>();
        var offsets = new Dictionary<string, int>(StringComparer.Ordinal);

        // Larger networks first, so that smaller ones are cut out of them; the sort is stable.
        foreach (var (network, record) in _networks.OrderBy(entry => Bits(entry.Network).Length))
        {
            var key = Convert.ToBase64String(record);
            if (!offsets.TryGetValue(key, out var offset))
            {
                offsets.Add(key, offset = data.Count);
                data.AddRange(record);
            }

            Insert(nodes, Bits(network), -1 - offset);
        }

        var most = nodes.Count + SeparatorBytes + (long)data.Count;
        var recordSize = Math.Max(
            LeastRecordSize,
            most < 1 << 24 ? 24 : most < 1 << 28 ? 28 : most <= uint.MaxValue ? 32 : throw new InvalidOperationException($"{most} nodes and bytes; allowed: {uint.MaxValue}"));
        Span<byte> bytes = stackalloc byte[8];
        foreach (var (left, right) in nodes)
        {
            destination.Write(Node(bytes, Reference(left), Reference(right), recordSize));
        }

        destination.Write(new byte[SeparatorBytes]);
        destination.Write([.. data]);
        destination.Write([0xab, 0xcd, 0xef, .. "MaxMind.com"u8]);
        destination.Write([.. Metadata(nodes.Count, recordSize)]);

        uint Reference(long value) => (uint)(value switch { > 0 => value, 0 => nodes.Count, _ => nodes.Count + SeparatorBytes + (-1 - value) });
    }

    /// <summary>Puts it in place of a file, whole or not at all.</summary>
    public void Save(string path)
    {
        var beside = $"{path}.{Environment.ProcessId}.new";
        using (var stream = new BufferedStream(File.Create(beside)))
        {
            Write(stream);
        }

        File.Move(beside, path, overwrite: true);
    }

    private static void Insert(List<(long Left, long Right)> nodes, bool[] bits, long record)
    {
        if (bits.Length == 0)
        {
            // All addresses there are: both halves of them.
            nodes[0] = (record, record);
            return;
        }

        var node = 0;
        for (var bit = 0; ; bit++)
        {
            var (left, right) = nodes[node];
            var value = bits[bit] ? right : left;
            var next = bit == bits.Length - 1 ? record : value;
            if (bit < bits.Length - 1 && value <= 0)
            {
                nodes.Add((value, value));
                next = nodes.Count - 1;
            }

            nodes[node] = bits[bit] ? (left, next) : (next, right);
            if (bit == bits.Length - 1)
            {
                return;
            }

            node = (int)next;
        }
    }

    private static ReadOnlySpan<byte> Node(Span<byte> bytes, uint left, uint right, int recordSize)
    {
        switch (recordSize)
        {
            case 24:
                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], right << 8);
                BinaryPrimitives.WriteUInt32BigEndian(bytes, left << 8);
                bytes[4..7].CopyTo(bytes[3..]);
                return bytes[..6];
            case 28:
                // The byte in the middle holds the highest four bits of both.
                BinaryPrimitives.WriteUInt32BigEndian(bytes[3..], right);
                BinaryPrimitives.WriteUInt32BigEndian(bytes, left << 8);
                bytes[3] = (byte)(((left >> 24) << 4) | (right >> 24));
                return bytes[..7];
            default:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, left);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], right);
                return bytes;
        }
    }

    private bool[] Bits(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var isV4InV6 = _ipVersion == 6 && bytes.Length == 4;
        return [.. new bool[isV4InV6 ? 96 : 0], .. Enumerable.Range(0, network.PrefixLength).Select(bit => (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)];
    }

    private List<byte> Metadata(int nodes, int recordSize)
    {
        var bytes = new List<byte>();
        Map(bytes, new Dictionary<string, object?>
        {
            ["node_count"] = (uint)nodes,
            ["record_size"] = (ushort)recordSize,
            ["ip_version"] = (ushort)_ipVersion,
            ["database_type"] = _type,
            ["languages"] = Languages,
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = (ulong)_builtAt.ToUnixTimeSeconds(),
            ["description"] = new Dictionary<string, object?> { ["en"] = Description },
        });
        return bytes;
    }

    private static void Map(List<byte> bytes, IEnumerable<KeyValuePair<string, object?>> members)
    {
        var present = members.Where(member => member.Value is not null).ToList();
        Header(bytes, 7, present.Count);
        foreach (var (key, value) in present)
        {
            Value(bytes, key);
            Value(bytes, value!);
        }
    }

    private static void Value(List<byte> bytes, object value)
    {
        switch (value)
        {
            case string text:
                Sized(bytes, 2, Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                Fixed(bytes, 3, 8, into => BinaryPrimitives.WriteDoubleBigEndian(into, number));
                break;
            case byte[] raw:
                Sized(bytes, 4, raw);
                break;
            case ushort number:
                Fixed(bytes, 5, 2, into => BinaryPrimitives.WriteUInt16BigEndian(into, number));
                break;
            case uint number:
                Fixed(bytes, 6, 4, into => BinaryPrimitives.WriteUInt32BigEndian(into, number));
                break;
            case int number:
                Fixed(bytes, 8, 4, into => BinaryPrimitives.WriteInt32BigEndian(into, number));
                break;
            case ulong number:
                Fixed(bytes, 9, 8, into => BinaryPrimitives.WriteUInt64BigEndian(into, number));
                break;
            case UInt128 number:
                Fixed(bytes, 10, 16, into => BinaryPrimitives.WriteUInt128BigEndian(into, number));
                break;
            case bool truth:
                Header(bytes, 14, truth ? 1 : 0);
                break;
            case float number:
                Fixed(bytes, 15, 4, into => BinaryPrimitives.WriteSingleBigEndian(into, number));
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                Map(bytes, members);
                break;
            case IEnumerable items:
                var present = items.Cast<object?>().OfType<object>().ToList();
                Header(bytes, 11, present.Count);
                present.ForEach(item => Value(bytes, item));
                break;
            default:
                throw new ArgumentException($"{value.GetType().Name} is no kind of value that a MaxMind database has", nameof(value));
        }
    }

    private static void Fixed(List<byte> bytes, int type, int size, Action<byte[]> write)
    {
        var value = new byte[size];
        write(value);
        Sized(bytes, type, value);
    }

    private static void Sized(List<byte> bytes, int type, byte[] value)
    {
        Header(bytes, type, value.Length);
        bytes.AddRange(value);
    }

    private static void Header(List<byte> bytes, int type, int size)
    {
        byte[] length = size switch
        {
            < 29 => [],
            < 285 => [(byte)(size - 29)],
            < 65_821 => [(byte)((size - 285) >> 8), (byte)(size - 285)],
            _ => [(byte)((size - 65_821) >> 16), (byte)((size - 65_821) >> 8), (byte)(size - 65_821)],
        };
        var low = length.Length == 0 ? size : 28 + length.Length;
        bytes.AddRange(type < 8 ? [(byte)((type << 5) | low), .. length] : [(byte)low, (byte)(type - 7), .. length]);
    }
}
