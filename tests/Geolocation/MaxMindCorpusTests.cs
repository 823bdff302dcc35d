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
                    AssertKnown(record, database.Find(address), $"{network} {address}");
                    compared++;
                }
            }
        }

        Assert.True(compared > prefixes);
        Assert.True(Verify($"test-data/{name}.mmdb").Records > 10);
        Assert.Equal(name.Replace("-Test", "", StringComparison.Ordinal), database.Info.Type);
        Assert.Null(database.Lookup(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void Every_type_is_decoded()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Parse("1.1.1.1"));
        Assert.Equal([1, 2, 3], Items(At(value, "array")).Select(Number));
        Assert.Equal([0, 0, 0, 42], Assert.IsType<byte[]>(At(value, "bytes")));
        Assert.Equal(true, At(value, "boolean"));
        Assert.Equal(42.123456, At(value, "double"));
        Assert.Equal(1.1f, At(value, "float"));
        Assert.Equal(-268435456, At(value, "int32"));
        Assert.Equal("hello", At(value, "map", "mapX", "utf8_stringX"));
        Assert.Equal([7, 8, 9], Items(At(value, "map", "mapX", "arrayX")).Select(Number));
        Assert.Equal(100, Number(At(value, "uint16")));
        Assert.Equal(268435456, Number(At(value, "uint32")));
        Assert.Equal(1152921504606846976, Number(At(value, "uint64")));
        Assert.Equal(BigInteger.Pow(2, 120), Number(At(value, "uint128")));
        Assert.Equal("unicode! ☯ - ♫", At(value, "utf8_string"));
    }

    [Fact]
    public void Every_type_is_decoded_at_its_least()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Any);
        Assert.Empty(Items(At(value, "array")));
        Assert.Empty(Assert.IsType<byte[]>(At(value, "bytes")));
        Assert.Equal(false, At(value, "boolean"));
        Assert.Equal(0.0, At(value, "double"));
        Assert.Equal(0f, At(value, "float"));
        Assert.Equal(0, At(value, "int32"));
        Assert.Empty(Assert.IsType<Dictionary<string, object>>(At(value, "map")));
        Assert.All(["uint16", "uint32", "uint64", "uint128"], key => Assert.Equal(0, Number(At(value, key))));
        Assert.Equal("", At(value, "utf8_string"));
    }

    [Fact]
    public void Every_number_is_decoded_at_its_most()
    {
        using var database = Open("test-data/MaxMind-DB-test-decoder.mmdb");
        var value = database.Lookup(IPAddress.Broadcast);
        Assert.Equal(double.PositiveInfinity, At(value, "double"));
        Assert.Equal(float.PositiveInfinity, At(value, "float"));
        Assert.Equal(int.MaxValue, At(value, "int32"));
        Assert.Equal(ushort.MaxValue, Number(At(value, "uint16")));
        Assert.Equal(uint.MaxValue, Number(At(value, "uint32")));
        Assert.Equal(ulong.MaxValue, Number(At(value, "uint64")));
        Assert.Equal(BigInteger.Pow(2, 128) - 1, Number(At(value, "uint128")));
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
        var metadata = Metadata($"test-data/MaxMind-DB-test-{kind}-{recordSize}.mmdb");
        Assert.Equal((recordSize, kind == "ipv4" ? 4 : 6), (metadata.RecordSizeBits, metadata.IpVersion));
        Assert.Equal(["en", "zh"], metadata.Languages);
        Assert.Equal(["en", "zh"], database.Info.Languages);
        Assert.Equal("Test Database Chinese", metadata.Descriptions["zh"]);

        // 1.1.1.1 to 1.1.1.32 make /32, /31, /30, /29, /28 and a last /32: each holds its first address.
        foreach (var (address, first) in new[] { (1, 1), (2, 2), (3, 2), (4, 4), (7, 4), (8, 8), (15, 8), (16, 16), (31, 16), (32, 32) })
        {
            var text = (kind == "mixed" ? "::" : "") + $"1.1.1.{first}";
            Assert.Equal(text, At(database.Lookup(IPAddress.Parse($"1.1.1.{address}")), "ip"));

            // ::ffff:0:0/96 and 2002::/16 are further ways to the same addresses in a mixed tree.
            Assert.Equal(text, At(database.Lookup(IPAddress.Parse($"::ffff:1.1.1.{address}")), "ip"));
            if (kind == "mixed")
            {
                Assert.Equal(text, At(database.Lookup(IPAddress.Parse($"::1.1.1.{address}")), "ip"));
                Assert.Equal(text, At(database.Lookup(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2002:101:1{address:x2}::1"))), "ip"));
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
            Assert.Equal(first, At(database.Lookup(IPAddress.Parse(address)), "ip"));
        }

        Assert.Null(database.Lookup(IPAddress.Parse("::2:0:60")));
        Assert.Null(database.Lookup(IPAddress.Parse("89fa::")));
    }

    [Fact]
    public void A_tree_whose_IPv4_part_ends_early_has_one_record_for_all_of_it()
    {
        using var database = Open("test-data/MaxMind-DB-no-ipv4-search-tree.mmdb");
        Assert.Equal("::/64", database.Lookup(IPAddress.Parse("::1")));
        Assert.Equal("::/64", database.Lookup(IPAddress.Parse("192.0.2.1")));
        Assert.Null(database.Lookup(IPAddress.Parse("0:0:0:1::")));
        Assert.Null(database.Find(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public void A_record_may_be_a_bare_text()
    {
        using var database = Open("test-data/MaxMind-DB-string-value-entries.mmdb");
        Assert.Equal("1.1.1.1/32", database.Lookup(IPAddress.Parse("1.1.1.1")));
        Assert.Null(database.Find(IPAddress.Parse("1.1.1.1")));
    }

    [Fact]
    public void Metadata_may_use_pointers_of_their_own()
    {
        using var database = Open("test-data/MaxMind-DB-test-metadata-pointers.mmdb");
        Assert.Equal("Lots of pointers in metadata", database.Info.Type);
        Assert.Equal("Lots of pointers in metadata", Metadata("test-data/MaxMind-DB-test-metadata-pointers.mmdb").Descriptions["en"]);
    }

    [Fact]
    public void Nested_maps_and_arrays_are_followed_to_their_end()
    {
        using var database = Open("test-data/MaxMind-DB-test-nested.mmdb");
        var inner = At(Items(At(database.Lookup(IPAddress.Parse("1.1.1.1")), "map1", "map2", "array"))[0], "map3");
        Assert.Equal([1, 2, 3], new[] { "a", "b", "c" }.Select(key => Number(At(inner, key))));
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
        Assert.Equal(2, Verify("test-data/MaxMind-DB-test-pointer-decoder.mmdb").Records);

        // The keys of inner maps point to the text of outer ones, and maps to maps; what they unfold to is what the decoder test holds.
        var value = database.Lookup(IPAddress.Parse("1.0.0.0"));
        Assert.Equal("hello", At(value, "mapXX", "utf8_stringX"));
        Assert.Equal([7, 8, 9, 10], Items(At(value, "mapXX", "arrayX")).Select(Number));
        Assert.Equal([7, 8, 9], Items(At(value, "map", "mapX", "arrayX")).Select(Number));
        Assert.Equal("unicode! ☯ - ♫", At(value, "utf8_string"));
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
            MaxMindStructure.Verify(File.ReadAllBytes(path), path);
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
        Assert.Throws<InvalidDataException>(() => Verify($"test-data/{name}"));
    }

    [Fact]
    public void Databases_that_other_readers_stumbled_over_are_read_where_they_are_sound()
    {
        foreach (var name in OddButSound)
        {
            using var database = Open($"bad-data/libmaxminddb/{name}");
            Assert.Equal(1, Verify($"bad-data/libmaxminddb/{name}").Records);
            Assert.Equal("test", At(database.Lookup(IPAddress.Parse("192.0.2.1")), "ip"));
            Assert.Equal(name.Contains("epoch", StringComparison.Ordinal) ? null : new DateTime(2001, 9, 9), database.Info.BuiltAt?.Date);
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
                MaxMindStructure.Verify(File.ReadAllBytes(path), path);
            });
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_search_tree_that_answers_though_it_is_corrupt_is_found_by_the_look_inside()
    {
        const string Name = "bad-data/libmaxminddb/libmaxminddb-corrupt-search-tree.mmdb";
        using var database = Open(Name);
        database.Find(IPAddress.Parse("192.0.2.1"));
        Assert.Contains("search tree", Assert.Throws<InvalidDataException>(() => Verify(Name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Look_ups_in_bad_databases_end_in_an_answer_or_one_line(bool inMemory)
    {
        var random = new Random(20261127);
        var bytes = new byte[16];
        var (opened, answered, refused) = (0, 0, 0);
        foreach (var path in Corpus.Files("mmdb", "*.mmdb"))
        {
            try
            {
                using var database = MaxMindDatabase.Open(path, inMemory);
                opened++;
                for (var attempt = 0; attempt < 512; attempt++)
                {
                    random.NextBytes(bytes);
                    var address = attempt % 2 == 0 ? new IPAddress(bytes) : new IPAddress(bytes.AsSpan(0, 4));
                    try
                    {
                        database.Find(address);
                        database.Lookup(address);
                        answered++;
                    }
                    catch (InvalidDataException error)
                    {
                        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                        Assert.DoesNotContain('\n', error.Message);
                        refused++;
                    }
                }
            }
            catch (InvalidDataException error)
            {
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }
        }

        Assert.True(opened >= 27 && answered > 5_000 && refused > 0, $"{opened} opened, {answered} answered, {refused} refused");
    }

    [Theory]
    [InlineData("GeoIP2-City-Test", "2.125.160.216", "Boxford", "West Berkshire", "United Kingdom", "Europe")]
    [InlineData("GeoLite2-City-Test", "2.125.160.216", "Boxford", "West Berkshire", "United Kingdom", "Europe")]
    [InlineData("GeoIP2-Country-Test", "2.125.160.216", null, null, "United Kingdom", "Europe")]
    public void A_person_is_told_more_by_the_typed_answers(string name, string address, string? city, string? subdivision, string country, string continent)
    {
        using var database = Open($"test-data/{name}.mmdb");
        var details = database.Describe(IPAddress.Parse(address));
        Assert.Equal((city, subdivision, country, continent), (details?.City, details?.Subdivision, details?.Country, details?.Continent));
        Assert.StartsWith("2.125.160.", details?.Network, StringComparison.Ordinal);
        Assert.Equal(details, database.Describe(IPAddress.Parse("::ffff:" + address)));
        Assert.Null(database.Describe(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void An_AS_is_told_by_the_typed_answer()
    {
        using var database = Open("test-data/GeoLite2-ASN-Test.mmdb");
        Assert.Equal("AS1221 Telstra Pty Ltd", database.Describe(IPAddress.Parse("1.128.0.1"))?.ToString());
        using var none = Open("test-data/MaxMind-DB-test-ipv4-24.mmdb");
        Assert.Null(none.Describe(IPAddress.Parse("1.1.1.1")));
    }

    [Theory]
    [InlineData("GeoIP2-City-Test")]
    [InlineData("MaxMind-DB-test-decoder")]
    [InlineData("MaxMind-DB-test-mixed-28")]
    public void Genuine_databases_with_damage_anywhere_end_in_an_answer_or_a_refusal(string name) =>
        Mutations.Try(File.ReadAllBytes(Corpus.File($"mmdb/test-data/{name}.mmdb")), rounds: 800, seed: 20261120);

    private static MaxMindDatabase Open(string path) => MaxMindDatabase.Open(Corpus.File("mmdb/" + path));

    private static MaxMindContents Verify(string path) => MaxMindStructure.Verify(File.ReadAllBytes(Corpus.File("mmdb/" + path)), Corpus.File("mmdb/" + path));

    private static MaxMindMetadata Metadata(string path) => MaxMindStructure.Metadata(File.ReadAllBytes(Corpus.File("mmdb/" + path)), path);

    private static List<object> Items(object? value) => Assert.IsType<List<object>>(value);

    private static object? At(object? value, params string[] path)
    {
        foreach (var key in path)
        {
            value = (value as Dictionary<string, object>)?.GetValueOrDefault(key);
        }

        return value;
    }

    private static BigInteger Number(object? value) => value switch
    {
        int number => number,
        long number => number,
        ulong number => number,
        _ => Assert.IsType<BigInteger>(value),
    };

    private static IPAddress Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    private static void AssertSame(JsonElement expected, object? actual, string where)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                var members = Assert.IsType<Dictionary<string, object>>(actual);
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
                Assert.True(expected.GetDouble() == Convert.ToDouble(actual, CultureInfo.InvariantCulture), $"{where}: {expected} is {actual}");
                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), actual);
                break;
            default:
                Assert.Equal(expected.GetBoolean(), actual);
                break;
        }
    }

    private static void AssertKnown(JsonElement expected, GeoRecord? actual, string where)
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
