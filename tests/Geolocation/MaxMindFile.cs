using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tests.Geolocation;

/// <summary>Writes small MaxMind DB files, sound and unsound ones, byte by byte as the format's description has it.</summary>
internal sealed class MaxMindFile
{
    private readonly List<(string Prefix, byte[] Record)> _networks = [];

    public int IpVersion { get; init; } = 6;

    public int RecordSize { get; init; } = 28;

    public string Type { get; init; } = "Test-City";

    /// <summary>Data that other records may point to, at the start of the data section.</summary>
    public byte[] Shared { get; init; } = [];

    public static byte[] Text(string text) => [.. Header(2, Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Double(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return [.. Header(3, 8), .. bytes];
    }

    public static byte[] UInt16(ushort value) => [.. Header(5, 2), (byte)(value >> 8), (byte)value];

    public static byte[] UInt32(uint value) => [.. Header(6, 4), (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] UInt64(ulong value) => [.. Header(9, 8), .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value))];

    public static byte[] Boolean(bool value) => Header(14, value ? 1 : 0);

    public static byte[] Map(params (string Key, byte[] Value)[] members) => [.. Header(7, members.Length), .. members.SelectMany(member => Text(member.Key).Concat(member.Value))];

    public static byte[] Array(params byte[][] items) => [.. Header(11, items.Length), .. items.SelectMany(item => item)];

    /// <summary>A pointer in its longest form.</summary>
    public static byte[] Pointer(uint target) => [0b0011_1000, (byte)(target >> 24), (byte)(target >> 16), (byte)(target >> 8), (byte)target];

    public static byte[] Header(int type, int size)
    {
        byte[] length = size switch
        {
            < 29 => [],
            < 285 => [(byte)(size - 29)],
            < 65_821 => [(byte)((size - 285) >> 8), (byte)(size - 285)],
            _ => [(byte)((size - 65_821) >> 16), (byte)((size - 65_821) >> 8), (byte)(size - 65_821)],
        };
        var low = length.Length == 0 ? size : 28 + length.Length;
        return type < 8 ? [(byte)((type << 5) | low), .. length] : [(byte)low, (byte)(type - 7), .. length];
    }

    public static byte[] City(string country, string city, double latitude, double longitude) => Map(
        ("country", Map(("iso_code", Text(country)))),
        ("city", Map(("names", Map(("en", Text(city)))))),
        ("location", Map(("latitude", Double(latitude)), ("longitude", Double(longitude)), ("accuracy_radius", UInt16(20)))));

    public MaxMindFile Add(string prefix, byte[] record)
    {
        _networks.Add((prefix, record));
        return this;
    }

    public byte[] Build()
    {
        // Nodes are pairs; a value of the tree is a node (positive), nothing (0: the root is nobody's child) or a record (negative, −1 first).
        var nodes = new List<int[]> { new int[2] };
        var data = new List<byte>(Shared);
        var offsets = new List<int>();
        foreach (var (prefix, record) in _networks)
        {
            offsets.Add(data.Count);
            data.AddRange(record);
            var network = IPNetwork.Parse(prefix);
            var isV4InV6 = IpVersion == 6 && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            byte[] bits = isV4InV6 ? [.. new byte[12], .. network.BaseAddress.GetAddressBytes()] : network.BaseAddress.GetAddressBytes();
            var length = network.PrefixLength + (isV4InV6 ? 96 : 0);
            var node = 0;
            for (var bit = 0; bit < length; bit++)
            {
                var side = (bits[bit / 8] >> (7 - (bit % 8))) & 1;
                if (bit == length - 1)
                {
                    nodes[node][side] = -offsets.Count;
                }
                else
                {
                    if (nodes[node][side] <= 0)
                    {
                        nodes.Add([nodes[node][side], nodes[node][side]]);
                        nodes[node][side] = nodes.Count - 1;
                    }

                    node = nodes[node][side];
                }
            }
        }

        var file = new List<byte>();
        foreach (var node in nodes)
        {
            var (left, right) = (Value(node[0]), Value(node[1]));
            file.AddRange(RecordSize switch
            {
                24 => [.. Bytes(left, 3), .. Bytes(right, 3)],
                28 => [.. Bytes(left, 3), (byte)(((left >> 24) << 4) | (right >> 24)), .. Bytes(right, 3)],
                _ => (byte[])[.. Bytes(left, 4), .. Bytes(right, 4)],
            });
        }

        file.AddRange(new byte[16]);
        file.AddRange(data);
        file.AddRange([0xab, 0xcd, 0xef, .. "MaxMind.com"u8]);
        file.AddRange(Map(
            ("node_count", UInt32((uint)nodes.Count)),
            ("record_size", UInt16((ushort)RecordSize)),
            ("ip_version", UInt16((ushort)IpVersion)),
            ("database_type", Text(Type)),
            ("languages", Array(Text("en"))),
            ("binary_format_major_version", UInt16(2)),
            ("binary_format_minor_version", UInt16(0)),
            ("build_epoch", UInt64(1_750_000_000)),
            ("description", Map(("en", Text("made for a test"))))));
        return [.. file];

        uint Value(int value) => value > 0 ? (uint)value : (uint)nodes.Count + (value == 0 ? 0 : 16 + (uint)offsets[-value - 1]);

        static byte[] Bytes(uint value, int count) => [.. Enumerable.Range(0, count).Select(index => (byte)(value >> (8 * (count - 1 - index))))];
    }
}
