using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using Collector.Geolocation;
using Xunit;

namespace Tests.Geolocation;

/// <summary>MaxMind's own test databases: what they hold is said by the JSON they were made from and by their description.</summary>
public sealed class MaxMindCorpusTests
{
    // Kept with the bad ones because a reader failed on them, though the format allows an empty map or array at the very end of the
    // metadata (libmaxminddb 1.13.0 refused that), and a build time at the end of time.
    private static readonly string[] OddButSound =
    [
        "libmaxminddb-empty-array-last-in-metadata.mmdb", "libmaxminddb-empty-map-last-in-metadata.mmdb", "libmaxminddb-uint64-max-epoch.mmdb",
    ];

    [Theory]
    [InlineData("GeoIP2-City-Test", 250)]
    [InlineData("GeoIP2-Country-Test", 345)]
    [InlineData("GeoLite2-ASN-Test", 720)]
    [InlineData("GeoLite2-City-Test", 242)]
    [InlineData("GeoLite2-Country-Test", 244)]
    public void Every_prefix_holds_what_its_source_says(string name, int prefixes)
    {
        using var database = Open($"test-data/{name}.mmdb");
        using var source = JsonDocument.Parse(File.ReadAllBytes(Corpus.File($"mmdb/source-data/{name}.json")));

        // A prefix that comes twice holds what comes last.
        var expected = new Dictionary<IPNetwork, JsonElement>();
        foreach (var entry in source.RootElement.EnumerateArray().SelectMany(entry => entry.EnumerateObject()))
        {
            expected[IPNetwork.Parse(entry.Name)] = entry.Value;
        }

        Assert.Equal(prefixes, expected.Count);
        var compared = 0;
        foreach (var (network, record) in expected)
        {
            foreach (var address in new[] { network.BaseAddress, Last(network) })
            {
                // An address that a longer prefix holds is compared there.
                if (!expected.Keys.Any(other => other.PrefixLength > network.PrefixLength && other.Contains(address)))
                {
                    AssertSame(record, database.Lookup(address), $"{network} {address}");
                    AssertSame(record, database.Find(address), $"{network} {address}");
                    compared++;
                }
            }
        }

        Assert.True(compared > prefixes);
        Assert.True(database.Verify() > 10);
        Assert.Equal(name.Replace("-Test", "", StringComparison.Ordinal), database.Metadata.DatabaseType);
        Assert.Null(database.Lookup(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void Every_type_is_decoded()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Parse("1.1.1.1"));
        Assert.Equal([1, 2, 3], Items(value?["array"]).Select(Number));
        Assert.Equal([0, 0, 0, 42], Assert.IsType<MaxMindValue.Bytes>(value?["bytes"]).Value.ToArray());
        Assert.Equal(new MaxMindValue.Boolean(true), value?["boolean"]);
        Assert.Equal(new MaxMindValue.Double(42.123456), value?["double"]);
        Assert.Equal(new MaxMindValue.Float(1.1f), value?["float"]);
        Assert.Equal(new MaxMindValue.Signed(-268435456), value?["int32"]);
        Assert.Equal(new MaxMindValue.Text("hello"), value?["map"]?["mapX"]?["utf8_stringX"]);
        Assert.Equal([7, 8, 9], Items(value?["map"]?["mapX"]?["arrayX"]).Select(Number));
        Assert.Equal(100, Number(value?["uint16"]));
        Assert.Equal(268435456, Number(value?["uint32"]));
        Assert.Equal(1152921504606846976, Number(value?["uint64"]));
        Assert.Equal(BigInteger.Pow(2, 120), Number(value?["uint128"]));
        Assert.Equal(new MaxMindValue.Text("unicode! ☯ - ♫"), value?["utf8_string"]);
    }

    [Fact]
    public void Every_type_is_decoded_at_its_least()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Any);
        Assert.Empty(Items(value?["array"]));
        Assert.True(Assert.IsType<MaxMindValue.Bytes>(value?["bytes"]).Value.IsEmpty);
        Assert.Equal(new MaxMindValue.Boolean(false), value?["boolean"]);
        Assert.Equal(new MaxMindValue.Double(0), value?["double"]);
        Assert.Equal(new MaxMindValue.Float(0), value?["float"]);
        Assert.Equal(new MaxMindValue.Signed(0), value?["int32"]);
        Assert.Empty(Assert.IsType<MaxMindValue.Map>(value?["map"]).Members);
        Assert.All(["uint16", "uint32", "uint64", "uint128"], key => Assert.Equal(0, Number(value?[key])));
        Assert.Equal(new MaxMindValue.Text(""), value?["utf8_string"]);
    }

    [Fact]
    public void Every_number_is_decoded_at_its_most()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Broadcast);
        Assert.Equal(new MaxMindValue.Double(double.PositiveInfinity), value?["double"]);
        Assert.Equal(new MaxMindValue.Float(float.PositiveInfinity), value?["float"]);
        Assert.Equal(new MaxMindValue.Signed(int.MaxValue), value?["int32"]);
        Assert.Equal(ushort.MaxValue, Number(value?["uint16"]));
        Assert.Equal(uint.MaxValue, Number(value?["uint32"]));
        Assert.Equal(ulong.MaxValue, Number(value?["uint64"]));
        Assert.Equal(BigInteger.Pow(2, 128) - 1, Number(value?["uint128"]));
    }

    [Theory]
    [InlineData("ipv4", 24)]
    [InlineData("ipv4", 28)]
    [InlineData("ipv4", 32)]
    [InlineData("mixed", 24)]
    [InlineData("mixed", 28)]
    [InlineData("mixed", 32)]
    public void IPv4_addresses_are_found_in_both_kinds_of_tree(string kind, int recordSize)
    {
        using var database = Open($"test-data/MaxMind-DB-test-{kind}-{recordSize}.mmdb");
        Assert.Equal((recordSize, kind == "ipv4" ? 4 : 6), (database.Metadata.RecordSizeBits, database.Metadata.IpVersion));
        Assert.Equal(["en", "zh"], database.Metadata.Languages);
        Assert.Equal("Test Database Chinese", database.Metadata.Descriptions["zh"]);

        // 1.1.1.1 to 1.1.1.32 make /32, /31, /30, /29, /28 and a last /32: each holds its first address.
        foreach (var (address, first) in new[] { (1, 1), (2, 2), (3, 2), (4, 4), (7, 4), (8, 8), (15, 8), (16, 16), (31, 16), (32, 32) })
        {
            var text = new MaxMindValue.Text((kind == "mixed" ? "::" : "") + $"1.1.1.{first}");
            Assert.Equal(text, database.Lookup(IPAddress.Parse($"1.1.1.{address}"))?["ip"]);

            // ::ffff:0:0/96 and 2002::/16 are further ways to the same addresses in a mixed tree.
            Assert.Equal(text, database.Lookup(IPAddress.Parse($"::ffff:1.1.1.{address}"))?["ip"]);
            if (kind == "mixed")
            {
                Assert.Equal(text, database.Lookup(IPAddress.Parse($"::1.1.1.{address}"))?["ip"]);
                Assert.Equal(text, database.Lookup(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2002:101:1{address:x2}::1")))?["ip"]);
            }
        }

        Assert.Null(database.Lookup(IPAddress.Parse("1.1.1.33")));
        Assert.Null(database.Lookup(IPAddress.Parse("1.1.1.0")));
    }

    [Theory]
    [InlineData("ipv6", 24)]
    [InlineData("ipv6", 28)]
    [InlineData("ipv6", 32)]
    [InlineData("mixed", 24)]
    [InlineData("mixed", 28)]
    [InlineData("mixed", 32)]
    public void IPv6_addresses_are_found(string kind, int recordSize)
    {
        using var database = Open($"test-data/MaxMind-DB-test-{kind}-{recordSize}.mmdb");
        foreach (var (address, first) in new[] { ("::1:ffff:ffff", "::1:ffff:ffff"), ("::2:0:0", "::2:0:0"), ("::2:0:3f", "::2:0:0"), ("::2:0:40", "::2:0:40"), ("::2:0:57", "::2:0:50"), ("::2:0:58", "::2:0:58"), ("::2:0:59", "::2:0:58") })
        {
            Assert.Equal(new MaxMindValue.Text(first), database.Lookup(IPAddress.Parse(address))?["ip"]);
        }

        Assert.Null(database.Lookup(IPAddress.Parse("::2:0:60")));
        Assert.Null(database.Lookup(IPAddress.Parse("89fa::")));
    }

    [Fact]
    public void A_tree_whose_IPv4_part_ends_early_has_one_record_for_all_of_it()
    {
        using var database = Open("test-data/MaxMind-DB-no-ipv4-search-tree.mmdb");
        Assert.Equal(new MaxMindValue.Text("::/64"), database.Lookup(IPAddress.Parse("::1")));
        Assert.Equal(new MaxMindValue.Text("::/64"), database.Lookup(IPAddress.Parse("192.0.2.1")));
        Assert.Null(database.Lookup(IPAddress.Parse("0:0:0:1::")));
        Assert.Null(database.Find(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void A_record_may_be_a_bare_text()
    {
        using var database = Open("test-data/MaxMind-DB-string-value-entries.mmdb");
        Assert.Equal(new MaxMindValue.Text("1.1.1.1/32"), database.Lookup(IPAddress.Parse("1.1.1.1")));
        Assert.Null(database.Find(IPAddress.Parse("1.1.1.1")));
    }

    [Fact]
    public void Metadata_may_use_pointers_of_their_own()
    {
        using var database = Open("test-data/MaxMind-DB-test-metadata-pointers.mmdb");
        Assert.Equal("Lots of pointers in metadata", database.Metadata.DatabaseType);
        Assert.Equal("Lots of pointers in metadata", database.Metadata.Descriptions["en"]);
    }

    [Fact]
    public void Nested_maps_and_arrays_are_followed_to_their_end()
    {
        using var database = Open("test-data/MaxMind-DB-test-nested.mmdb");
        var inner = Items(database.Lookup(IPAddress.Parse("1.1.1.1"))?["map1"]?["map2"]?["array"])[0]["map3"];
        Assert.Equal([1, 2, 3], new[] { "a", "b", "c" }.Select(key => Number(inner?[key])));
    }

    [Theory]
    [InlineData(0, "long_key", "long_value1")]
    [InlineData(22, "long_key", "long_value2")]
    [InlineData(37, "long_key2", "long_value1")]
    [InlineData(50, "long_key2", "long_value2")]
    [InlineData(55, "long_key", "long_value1")]
    [InlineData(57, "long_key2", "long_value2")]
    public void Keys_values_and_maps_may_be_pointers(int offset, string key, string value)
    {
        var raw = File.ReadAllBytes(Corpus.File("mmdb/test-data/maps-with-pointers.raw"));
        var map = Assert.IsType<MaxMindValue.Map>(new MaxMindDecoder(raw, "raw").Decode(offset));
        Assert.Equal(new KeyValuePair<string, MaxMindValue>(key, new MaxMindValue.Text(value)), Assert.Single(map.Members));
    }

    [Fact]
    public void A_database_full_of_pointers_is_read_whole()
    {
        using var database = Open("test-data/MaxMind-DB-test-pointer-decoder.mmdb");
        Assert.Equal(2, database.Verify());

        // The keys of inner maps point to the text of outer ones, and maps to maps; what they unfold to is what the decoder test holds.
        var value = database.Lookup(IPAddress.Parse("1.0.0.0"));
        Assert.Equal(new MaxMindValue.Text("hello"), value?["mapXX"]?["utf8_stringX"]);
        Assert.Equal([7, 8, 9, 10], Items(value?["mapXX"]?["arrayX"]).Select(Number));
        Assert.Equal([7, 8, 9], Items(value?["map"]?["mapX"]?["arrayX"]).Select(Number));
        Assert.Equal(new MaxMindValue.Text("unicode! ☯ - ♫"), value?["utf8_string"]);
    }

    [Fact]
    public void Every_sound_database_is_sound_throughout()
    {
        var sound = Corpus.Files("mmdb/test-data", "*.mmdb")
            .Where(path => !path.Contains("roken", StringComparison.Ordinal) && !path.Contains("Invalid", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, sound.Count);
        foreach (var path in sound)
        {
            using var database = MaxMindDatabase.Open(path);
            database.Verify();
        }
    }

    [Theory]
    [InlineData("GeoIP2-City-Test-Invalid-Node-Count.mmdb")]
    public void A_wrong_node_count_is_noticed_when_opened(string name) =>
        Assert.StartsWith(Corpus.File($"mmdb/test-data/{name}"), Assert.Throws<InvalidDataException>(() => Open($"test-data/{name}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("MaxMind-DB-test-broken-pointers-24.mmdb", "1.1.1.32", "1.1.1.1")]
    [InlineData("MaxMind-DB-test-broken-search-tree-24.mmdb", "255.255.1.1", "1.1.1.1")]
    [InlineData("GeoIP2-City-Test-Broken-Double-Format.mmdb", "2001:220::", "1.1.1.1")]
    public void Damage_is_noticed_where_it_is_and_only_there(string name, string damaged, string sound)
    {
        using var database = Open($"test-data/{name}");
        var error = Assert.Throws<InvalidDataException>(() => database.Lookup(IPAddress.Parse(damaged)));
        Assert.StartsWith(Corpus.File($"mmdb/test-data/{name}"), error.Message, StringComparison.Ordinal);
        database.Lookup(IPAddress.Parse(sound));
        Assert.Throws<InvalidDataException>(() => database.Verify());
    }

    [Fact]
    public void Databases_that_other_readers_stumbled_over_are_read_where_they_are_sound()
    {
        foreach (var name in OddButSound)
        {
            using var database = Open($"bad-data/libmaxminddb/{name}");
            Assert.Equal(1, database.Verify());
            Assert.Equal(new MaxMindValue.Text("test"), database.Lookup(IPAddress.Parse("192.0.2.1"))?["ip"]);
            Assert.Equal(name.Contains("epoch", StringComparison.Ordinal) ? null : new DateTime(2001, 9, 9), database.Metadata.BuiltAt?.Date);
        }
    }

    [Fact]
    public void Every_bad_database_is_refused_in_one_line()
    {
        var bad = Corpus.Files("mmdb/bad-data", "*.mmdb").Where(path => !OddButSound.Contains(Path.GetFileName(path))).ToList();
        Assert.Equal(18, bad.Count);
        foreach (var path in bad)
        {
            var error = Assert.Throws<InvalidDataException>(() =>
            {
                using var database = MaxMindDatabase.Open(path);
                database.Verify();
            });
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Theory]
    [InlineData("GeoIP2-City-Test")]
    [InlineData("MaxMind-DB-test-decoder")]
    [InlineData("MaxMind-DB-test-mixed-28")]
    public void Genuine_databases_with_damage_anywhere_end_in_an_answer_or_a_refusal(string name) =>
        Mutations.Try(File.ReadAllBytes(Corpus.File($"mmdb/test-data/{name}.mmdb")), rounds: 800, seed: 20261120);

    private static MaxMindDatabase Open(string path) => MaxMindDatabase.Open(Corpus.File("mmdb/" + path));

    private static IReadOnlyList<MaxMindValue> Items(MaxMindValue? value) => Assert.IsType<MaxMindValue.List>(value).Items;

    private static BigInteger Number(MaxMindValue? value) => (BigInteger)Assert.IsType<MaxMindValue.Unsigned>(value).Value;

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    private static void AssertSame(JsonElement expected, MaxMindValue? actual, string where)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                var members = Assert.IsType<MaxMindValue.Map>(actual).Members;
                Assert.Equal(expected.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal), members.Keys.Order(StringComparer.Ordinal));
                foreach (var member in expected.EnumerateObject())
                {
                    AssertSame(member.Value, members[member.Name], $"{where} {member.Name}");
                }

                break;
            case JsonValueKind.Array:
                var items = Items(actual);
                Assert.Equal(expected.GetArrayLength(), items.Count);
                for (var item = 0; item < items.Count; item++)
                {
                    AssertSame(expected[item], items[item], $"{where} {item}");
                }

                break;
            case JsonValueKind.Number:
                var number = actual switch
                {
                    MaxMindValue.Unsigned value => (double)value.Value,
                    MaxMindValue.Double value => value.Value,
                    MaxMindValue.Signed value => value.Value,
                    _ => double.NaN,
                };
                Assert.True(expected.GetDouble() == number, $"{where}: {expected} is {actual}");
                break;
            case JsonValueKind.String:
                Assert.Equal(new MaxMindValue.Text(expected.GetString()!), actual);
                break;
            default:
                Assert.Equal(new MaxMindValue.Boolean(expected.GetBoolean()), actual);
                break;
        }
    }

    private static void AssertSame(JsonElement expected, GeoRecord? actual, string where)
    {
        var wanted = (
            Text("country", "iso_code"), Text("registered_country", "iso_code"), Text("city", "names", "en"), Text("autonomous_system_organization"),
            At("location", "latitude")?.GetDouble(), At("location", "longitude")?.GetDouble(), At("location", "accuracy_radius")?.GetInt32(),
            At("autonomous_system_number")?.GetUInt32());
        Assert.True(
            wanted == (actual?.Country, actual?.RegisteredCountry, actual?.City, actual?.AsName,
                actual?.Position?.LatitudeDegrees, actual?.Position?.LongitudeDegrees, actual?.AccuracyRadiusKm, actual?.Asn),
            $"{where}: {wanted} is {actual}");

        string? Text(params string[] path) => At(path)?.GetString();

        JsonElement? At(params string[] path)
        {
            var element = expected;
            foreach (var name in path)
            {
                if (!element.TryGetProperty(name, out element))
                {
                    return null;
                }
            }

            return element;
        }
    }
}
