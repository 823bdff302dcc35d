using System.Net;
using Collector.Geography;
using Collector.Geolocation;
using Xunit;
using static Tests.Geolocation.MaxMindFile;

namespace Tests.Geolocation;

public sealed class MaxMindDatabaseTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void Addresses_find_their_most_specific_prefix(int recordSize)
    {
        using var database = Open(new MaxMindFile { RecordSize = recordSize }
            .Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97))
            .Add("192.0.2.128/25", City("SI", "Ljubljana", 46.05, 14.51))
            .Add("2001:db8::/32", City("JP", "Tokyo", 35.68, 139.76)));

        Assert.Equal("Apeldoorn", Find(database, "192.0.2.127")?.City);
        Assert.Equal("Ljubljana", Find(database, "192.0.2.128")?.City);
        Assert.Equal("Ljubljana", Find(database, "::ffff:192.0.2.255")?.City);
        Assert.Equal("Tokyo", Find(database, "2001:db8:ffff::1")?.City);
        Assert.Null(Find(database, "192.0.3.0"));
        Assert.Null(Find(database, "2001:db9::"));
        Assert.Equal(
            new GeoRecord { Country = "NL", City = "Apeldoorn", Position = new GeoPoint(52.21, 5.97), AccuracyRadiusKm = 20 },
            Find(database, "192.0.2.1"));
    }

    [Fact]
    public void A_tree_of_IPv4_addresses_knows_no_IPv6_address()
    {
        using var database = Open(new MaxMindFile { IpVersion = 4 }.Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97)));
        Assert.Equal("NL", Find(database, "192.0.2.1")?.Country);
        Assert.Null(Find(database, "2001:db8::1"));
    }

    [Fact]
    public void ASN_databases_give_number_and_organisation()
    {
        using var database = Open(new MaxMindFile { Type = "Test-ASN" }
            .Add("192.0.2.0/24", Map(("autonomous_system_number", UInt32(64500)), ("autonomous_system_organization", Text("Example Networks")))));
        Assert.Equal(new GeoRecord { Asn = 64500, AsName = "Example Networks" }, Find(database, "192.0.2.1"));
    }

    [Fact]
    public void Odd_contents_are_left_out_one_by_one()
    {
        using var database = Open(new MaxMindFile()
            .Add("192.0.2.0/26", Map(("country", Text("NL")), ("registered_country", Map(("iso_code", Text("nl")))), ("location", Map(("latitude", Double(91)), ("longitude", Double(double.NaN))))))
            .Add("192.0.2.64/26", Text("just a text"))
            .Add("192.0.2.128/26", Map(("location", Map(("latitude", Double(0)), ("longitude", Double(0))))))
            .Add("192.0.2.192/26", Map(("country", Map(("iso_code", Text("<b>")))), ("traits", Map(("is_anycast", MaxMindFile.Boolean(true)))))));
        Assert.Equal(new GeoRecord { Country = "NL", RegisteredCountry = "NL" }, Find(database, "192.0.2.1"));
        Assert.Null(Find(database, "192.0.2.65"));
        Assert.Null(Find(database, "192.0.2.129"));
        Assert.Equal(new GeoRecord { IsAnycast = true }, Find(database, "192.0.2.193"));
        Assert.Equal("just a text", database.Lookup(IPAddress.Parse("192.0.2.65")));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        using var database = Open(new MaxMindFile { Type = "GeoLite2-City" }.Add("192.0.2.0/24", Map()));
        var source = database.Info;
        Assert.Equal(("made by hand", "GeoLite2-City", DateTimeOffset.FromUnixTimeSeconds(1_750_000_000)), (source.Name, source.Type, source.BuiltAt));
        Assert.Equal(["en"], source.Languages);
        var bytes = new MaxMindFile { Type = "GeoLite2-City" }.Add("192.0.2.0/24", Map()).Build();
        Assert.Equal("made for a test", MaxMindStructure.Metadata(bytes, "made by hand").Descriptions["en"]);
        Assert.Equal(1, MaxMindStructure.Verify(bytes, "made by hand").Records);
    }

    [Fact]
    public void Values_shared_through_pointers_are_read_like_others()
    {
        using var database = Open(new MaxMindFile { Shared = [.. Text("country"), .. Map(("iso_code", Text("NL")))] }
            .Add("192.0.2.0/24", [.. Header(7, 1), .. Pointer(0), .. Pointer(8)]));
        Assert.Equal("NL", Find(database, "192.0.2.1")?.Country);
    }

    [Fact]
    public void Sizes_and_texts_of_every_length_are_read()
    {
        string[] texts = [.. new[] { 0, 28, 29, 284, 285, 65_820, 65_821, 100_000 }.Select(length => new string('x', length))];
        using var database = Open(new MaxMindFile().Add("192.0.2.0/24", MaxMindFile.Array([.. texts.Select(Text)])));
        Assert.Equal(texts, Assert.IsType<List<object>>(database.Lookup(IPAddress.Parse("192.0.2.1"))));
    }

    public static TheoryData<string, byte[], string> Traps => new()
    {
        { "a pointer to itself in an array", [.. Header(11, 1), .. Pointer(0)], "nested over 64 deep" },
        { "a pointer to itself in a map", [.. Header(7, 1), .. Text("a"), .. Pointer(0)], "nested over 64 deep" },
        { "a pointer to a pointer", [.. Pointer(5), .. Pointer(5)], "a pointer to a pointer" },
        { "a pointer out of the data", Pointer(70_000), "a pointer to 70000, beyond the end" },
        { "an array too large for the file", Header(11, 16_000_000), "members, but" },
        { "a map too large for the file", Header(7, 16_000_000), "members, but" },
        { "a text longer than the file", Header(2, 16_000_000), "bytes wanted beyond the end" },
        { "a double of four bytes", [.. Header(3, 4), 0, 0, 0, 0], "a double of 4 bytes" },
        { "a number of 17 bytes", [.. Header(10, 17), .. new byte[17]], "an integer of 17 bytes" },
        { "a text that is no UTF-8", [.. Header(2, 2), 0xc3, 0x28], "not UTF-8" },
        { "a key that is a number", [.. Header(7, 1), .. UInt16(1), .. UInt16(1)], "a map key that is no text" },
        { "an unknown type", [0x00, 0x09], "type 16" },
        { "a large type written small", [0x00, 0x00], "an extended type of 7" },
        { "a truth of two bytes", [.. Header(14, 2), 0, 0], "type 14 with size 2" },
        { "arrays that double forty times", Bomb(), "a record of over 65536 values" },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void A_trap_in_the_data_ends_in_one_line(string what, byte[] record, string message)
    {
        var bytes = new MaxMindFile().Add("192.0.2.0/24", record).Add("198.51.100.0/24", City("NL", "Apeldoorn", 52.21, 5.97)).Build();
        var found = Assert.Throws<InvalidDataException>(() => MaxMindStructure.Verify(bytes, "made by hand"));
        Assert.StartsWith("made by hand is damaged", found.Message, StringComparison.Ordinal);
        Assert.Contains(message, found.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', found.Message);

        using var database = MaxMindDatabase.Read(bytes, "made by hand");
        Assert.Equal("NL", Find(database, "198.51.100.1")?.Country);

        // A look-up reads no more than it needs: it may find nothing, and never anything.
        Assert.True(Refusal(() => Assert.Null(Find(database, "192.0.2.1"))) is null or { InnerException: not null });
        if (what != "a text that is no UTF-8")
        {
            var refusal = Refusal(() => database.Lookup(IPAddress.Parse("192.0.2.1")));
            Assert.StartsWith("made by hand is damaged: ", refusal?.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal!.Message);
            Assert.StartsWith("MaxMind.Db.", refusal.InnerException!.GetType().FullName, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_database_of_which_no_record_can_be_read_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Open(new MaxMindFile().Add("192.0.2.0/24", Pointer(70_000)).Add("2001:db8::/32", Pointer(70_000))));
        Assert.StartsWith("made by hand is damaged: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("asn")]
    [InlineData("country")]
    [InlineData("name")]
    public void A_member_that_unfolds_without_end_ends_the_look_up(string member)
    {
        using var database = Open(new MaxMindFile { Shared = Bomb() }
            .Add("192.0.2.0/24", Map((member, Pointer(0))))
            .Add("198.51.100.0/24", Map(("country_code", Text("NL")))));
        Assert.Throws<InvalidDataException>(() => Find(database, "192.0.2.1"));
        Assert.Equal("NL", Find(database, "198.51.100.1")?.Country);
    }

    [Fact]
    public void A_long_text_repeated_without_end_is_refused()
    {
        // 60,000 pointers to one text of 100,000 bytes: 6 GB unfolded.
        var record = MaxMindFile.Array([.. Enumerable.Repeat(Pointer(0), 60_000)]);
        var bytes = new MaxMindFile { Shared = Text(new string('x', 100_000)) }.Add("192.0.2.0/24", record).Build();
        Assert.Contains("bytes of text", Assert.Throws<InvalidDataException>(() => MaxMindStructure.Verify(bytes, "made by hand")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => MaxMindDatabase.Read(bytes, "made by hand"));
    }

    [Fact]
    public void Many_records_that_unfold_to_the_most_each_are_refused_together()
    {
        // 300 records of 60,000 values each, all of them one array.
        var file = new MaxMindFile { Shared = MaxMindFile.Array([.. Enumerable.Repeat(UInt16(1), 60_000)]) };
        for (var network = 0; network < 300; network++)
        {
            file.Add($"10.{network / 256}.{network % 256}.0/24", MaxMindFile.Array(Pointer(0)));
        }

        Assert.Contains("unfold to over", Assert.Throws<InvalidDataException>(() => MaxMindStructure.Verify(file.Build(), "made by hand")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "x.mmdb cannot be used as a MaxMind database")]
    [InlineData(100, "x.mmdb cannot be used as a MaxMind database")]
    public void Another_file_is_refused_when_opened(int length, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => MaxMindDatabase.Read(new byte[length], "x.mmdb")).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_are_opened_and_refused_by_name()
    {
        var folder = Directory.CreateTempSubdirectory("mmdb");
        try
        {
            var sound = Path.Combine(folder.FullName, "sound.mmdb");
            File.WriteAllBytes(sound, new MaxMindFile().Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97)).Build());
            using (var database = MaxMindDatabase.Open(sound))
            {
                Assert.Equal("NL", Find(database, "192.0.2.1")?.Country);
                database.Dispose();
                Assert.Throws<ObjectDisposedException>(() => Find(database, "192.0.2.1"));
            }

            var empty = Path.Combine(folder.FullName, "empty.mmdb");
            File.WriteAllBytes(empty, []);
            Assert.StartsWith(empty, Assert.Throws<InvalidDataException>(() => MaxMindDatabase.Open(empty)).Message, StringComparison.Ordinal);
            var text = Path.Combine(folder.FullName, "text.mmdb");
            File.WriteAllText(text, "no database");
            Assert.StartsWith(text, Assert.Throws<InvalidDataException>(() => MaxMindDatabase.Open(text)).Message, StringComparison.Ordinal);
            Assert.ThrowsAny<IOException>(() => MaxMindDatabase.Open(folder.FullName));
            Assert.ThrowsAny<IOException>(() => MaxMindDatabase.Open(Path.Combine(folder.FullName, "absent.mmdb")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Whatever_the_bytes_an_answer_or_a_refusal_comes_back()
    {
        var sound = new MaxMindFile { Shared = [.. Text("country"), .. Map(("iso_code", Text("NL")))] }
            .Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97))
            .Add("192.0.2.128/25", [.. Header(7, 1), .. Pointer(0), .. Pointer(8)])
            .Add("2001:db8::/32", MaxMindFile.Array(City("JP", "Tokyo", 35.68, 139.76), Text("x"), UInt32(7)))
            .Build();
        Mutations.Try(sound, rounds: 2_000, seed: 8038);
    }

    private static InvalidDataException? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (InvalidDataException refusal)
        {
            return refusal;
        }
    }

    private static byte[] Bomb()
    {
        // Level n is an array of two pointers to level n−1: 2⁴⁰ values in 500 bytes, without going deep.
        var bytes = new List<byte>([.. Header(11, 2), .. Pointer(12), .. Pointer(12)]);
        for (var level = 1; level < 40; level++)
        {
            var next = (uint)bytes.Count + 12;
            bytes.AddRange([.. Header(11, 2), .. Pointer(next), .. Pointer(next)]);
        }

        bytes.AddRange(UInt16(1));
        return [.. bytes];
    }

    private static GeoRecord? Find(MaxMindDatabase database, string address) => database.Find(IPAddress.Parse(address));

    private static MaxMindDatabase Open(MaxMindFile file) => MaxMindDatabase.Read(file.Build(), "made by hand");
}
