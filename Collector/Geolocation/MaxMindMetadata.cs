namespace Collector.Geolocation;

/// <summary>What a MaxMind DB file says about itself.</summary>
/// <param name="NodeCount">Nodes of the search tree.</param>
/// <param name="RecordSizeBits">Bits of each of a node's two records: 24, 28 or 32.</param>
/// <param name="IpVersion">4 or 6; a tree of IPv6 addresses may hold IPv4 addresses too.</param>
/// <param name="DatabaseType">What it holds: <c>GeoLite2-City</c>.</param>
/// <param name="Languages">Languages of its names.</param>
/// <param name="FormatVersion">Major and minor version of the format.</param>
/// <param name="BuildEpoch">When it was made, in Unix seconds.</param>
/// <param name="Descriptions">Descriptions by language.</param>
public sealed record MaxMindMetadata(
    int NodeCount,
    int RecordSizeBits,
    int IpVersion,
    string DatabaseType,
    IReadOnlyList<string> Languages,
    Version FormatVersion,
    ulong BuildEpoch,
    IReadOnlyDictionary<string, string> Descriptions)
{
    /// <summary>When it was made; null when the number is no time of ours.</summary>
    public DateTimeOffset? BuiltAt =>
        BuildEpoch <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds((long)BuildEpoch) : null;

    /// <summary>Bytes of one node.</summary>
    internal int NodeBytes => RecordSizeBits / 4;

    /// <summary>Bytes of the search tree.</summary>
    internal long TreeBytes => (long)NodeCount * NodeBytes;

    /// <summary>Takes the metadata out of its map.</summary>
    /// <exception cref="InvalidDataException">Something is missing, or is not what this reader knows.</exception>
    internal static MaxMindMetadata From(MaxMindValue map, string name)
    {
        if (map is not MaxMindValue.Map)
        {
            throw new InvalidDataException($"{name}: its metadata is no map");
        }

        var version = new Version((int)Number("binary_format_major_version", ushort.MaxValue), (int)Number("binary_format_minor_version", ushort.MaxValue));
        if (version.Major != 2)
        {
            throw new InvalidDataException($"{name}: its format has version {version}; allowed: 2");
        }

        var recordSize = (int)Number("record_size", ushort.MaxValue);
        if (recordSize is not (24 or 28 or 32))
        {
            throw new InvalidDataException($"{name}: its record_size is {recordSize}; allowed: 24, 28, 32");
        }

        var ipVersion = (int)Number("ip_version", ushort.MaxValue);
        if (ipVersion is not (4 or 6))
        {
            throw new InvalidDataException($"{name}: its ip_version is {ipVersion}; allowed: 4, 6");
        }

        return new MaxMindMetadata(
            (int)Number("node_count", int.MaxValue),
            recordSize,
            ipVersion,
            map["database_type"] is MaxMindValue.Text type ? type.Value : throw Missing("database_type", "text"),
            map["languages"] is MaxMindValue.List languages ? [.. languages.Items.OfType<MaxMindValue.Text>().Select(text => text.Value)] : [],
            version,
            (ulong)Number("build_epoch", ulong.MaxValue),
            map["description"] is MaxMindValue.Map descriptions
                ? descriptions.Members.Where(entry => entry.Value is MaxMindValue.Text).ToDictionary(entry => entry.Key, entry => ((MaxMindValue.Text)entry.Value).Value, StringComparer.Ordinal)
                : new Dictionary<string, string>());

        UInt128 Number(string key, UInt128 most) =>
            map[key] is MaxMindValue.Unsigned number && number.Value <= most ? number.Value : throw Missing(key, $"a whole number up to {most}");

        InvalidDataException Missing(string key, string allowed) => new($"{name}: its metadata has no fit {key}; allowed: {allowed}");
    }
}
