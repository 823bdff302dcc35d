using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Collector.Archive;
using Tests.Store;
using Xunit;

namespace Tests.Archive;

/// <summary>What is read of an archive file that is not as it was written.</summary>
public sealed class MemberStreamTests : IDisposable
{
    private const ulong Key = 0x1122334455667788;
    private const int Members = 14;

    private readonly TemporaryFolder folder = new();
    private readonly List<byte[]> contents = [.. Enumerable.Range(0, Members).Select(Content)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_flipped_bit_anywhere_does_no_harm_or_costs_the_one_member_it_is_in()
    {
        var (file, begins) = Whole();
        var random = new Random(500);
        var harmless = 0;
        for (var trial = 0; trial < 500; trial++)
        {
            // Headers are a small part of a file, and the more interesting one.
            var place = trial % 2 == 0 ? random.Next(file.Length) : begins[random.Next(Members)] + random.Next(GzipMember.HeaderBytes);
            var bit = 1 << random.Next(8);
            file[place] ^= (byte)bit;
            var member = begins.FindLastIndex(begin => begin <= place);
            var (read, damaged) = Read(file, trial % 3 == 0 ? null : Key);
            if (damaged.Count == 0)
            {
                Assert.Equal(All(), read);
                harmless++;
            }
            else
            {
                Assert.Equal([new ByteRange(begins[member], begins[member + 1])], damaged);
                Assert.Equal(All(member), read);
            }

            file[place] ^= (byte)bit;
        }

        Assert.InRange(harmless, 1, 250);
    }

    [Fact]
    public void Cut_anywhere_all_whole_members_are_read_and_the_rest_is_told()
    {
        var (file, begins) = Whole();
        var random = new Random(7);
        foreach (var length in Enumerable.Range(0, 300).Select(trial => trial < 100 ? begins[3] + trial : random.Next(file.Length)))
        {
            var whole = begins.FindLastIndex(begin => begin <= length);
            var (read, damaged) = Read(file[..length], Key);
            Assert.Equal(string.Concat(contents.Take(whole).Select(Encoding.ASCII.GetString)), read);
            Assert.Equal(begins[whole] == length ? [] : [new ByteRange(begins[whole], length)], damaged);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(Members)]
    public void Garbage_between_members_is_left_out(int before)
    {
        var (file, begins) = Whole();
        var garbage = new byte[5000];
        new Random(before).NextBytes(garbage);

        // What begins like members, with headers of ours too, but is none.
        GzipMember.Magic.CopyTo(garbage.AsSpan(100));
        file.AsSpan(0, 60).CopyTo(garbage.AsSpan(1000));
        Gzip(contents[0]).AsSpan(0, 200).CopyTo(garbage.AsSpan(2000));
        var at = begins[before];
        var (read, damaged) = Read([.. file[..at], .. garbage, .. file[at..]], Key);
        Assert.Equal(All(), read);
        Assert.Equal([new ByteRange(at, at + garbage.Length)], damaged);
    }

    [Fact]
    public void A_page_of_zeros_costs_the_members_it_lies_in()
    {
        var (file, begins) = Whole();
        for (var page = 0; page * 4096 < file.Length; page++)
        {
            var (from, to) = (page * 4096, Math.Min((page * 4096) + 4096, file.Length));
            var zeroed = file.ToArray();
            zeroed.AsSpan(from, to - from).Clear();
            var lost = Enumerable.Range(0, Members).Where(member => begins[member] < to && begins[member + 1] > from).ToArray();
            var (read, damaged) = Read(zeroed, page % 2 == 0 ? null : Key);
            Assert.Equal(All(lost), read);
            Assert.Equal([new ByteRange(begins[lost[0]], begins[lost[^1] + 1])], damaged);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_damaged_members_cost_two_and_what_lies_between_is_read(bool inHeader)
    {
        var (file, begins) = Whole();
        foreach (var (one, other) in new[] { (0, 2), (3, 9), (4, 5), (11, 13) })
        {
            var damagedFile = file.ToArray();
            damagedFile[begins[one] + (inHeader ? 1 : 500)] ^= 16;
            damagedFile[begins[other] + (inHeader ? 1 : 500)] ^= 16;
            var (read, damaged) = Read(damagedFile, Key);
            Assert.Equal(All(one, other), read);
            Assert.Equal(
                other == one + 1
                    ? [new ByteRange(begins[one], begins[other + 1])]
                    : [new ByteRange(begins[one], begins[one + 1]), new ByteRange(begins[other], begins[other + 1])],
                damaged);
        }
    }

    /// <summary>Results are what strangers sent, and what does not pack lies in the file as it is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_stranger_sent_is_never_taken_for_a_member(bool inEarlierVersion)
    {
        // Whole gzip files, as any program, an earlier version and ours with another key make them, between bytes that do not pack.
        var random = new Random(3);
        var filler = new byte[3000];
        using var hostile = new MemoryStream();
        for (var copy = 0; copy < 20; copy++)
        {
            random.NextBytes(filler);
            hostile.Write(filler);
            hostile.Write(copy % 3 == 0 ? Gzip("forged\n"u8.ToArray()) : copy % 3 == 1 ? Earlier("forged\n"u8.ToArray()) : GzipMember.Pack(["forged\n"u8.ToArray()], Key + 1));
        }

        random.NextBytes(filler);
        hostile.Write(filler);
        contents[4] = hostile.ToArray();
        var (file, begins) = inEarlierVersion ? Whole(content => Earlier(content, CompressionLevel.NoCompression)) : Whole(Unpacked);
        Assert.True(file.AsSpan(begins[4], begins[5] - begins[4]).IndexOf(Gzip("forged\n"u8.ToArray())) > 0, "they lie in the file as they are");
        foreach (var place in new[] { 0, 1, 3, 200, 4000, 30_000 })
        {
            file[begins[4] + place] ^= 16;
            var (read, damaged) = Read(file, Key);
            Assert.Equal([new ByteRange(begins[4], begins[5])], damaged);
            Assert.Equal(All(4), read);
            file[begins[4] + place] ^= 16;
        }
    }

    [Fact]
    public void Members_of_earlier_versions_and_of_other_programs_are_read_around_damage_too()
    {
        var random = new Random(11);
        foreach (var pack in new Func<byte[], byte[]>[] { Earlier, Gzip })
        {
            var (file, begins) = Whole(pack);
            Assert.Equal(All(), Read(file, Key).Read);
            for (var trial = 0; trial < 60; trial++)
            {
                var place = trial % 2 == 0 ? random.Next(file.Length) : begins[random.Next(Members)] + random.Next(20);
                var bit = (byte)(1 << random.Next(8));
                file[place] ^= bit;
                var member = begins.FindLastIndex(begin => begin <= place);
                var (read, damaged) = Read(file, Key);
                Assert.True(damaged.Count == 0 ? read == All() : read == All(member) && damaged is [var range] && range == new ByteRange(begins[member], begins[member + 1]));
                file[place] ^= bit;
            }
        }
    }

    [Fact]
    public void Gzip_reads_what_we_write()
    {
        var (file, _) = Whole();
        Read(file, Key);
        using var process = Process.Start(new ProcessStartInfo("gzip", ["-dc", folder["day.ndjson.gz"]]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.ASCII })!;
        Assert.Equal(All(), process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void A_member_too_large_for_memory_is_read_all_the_same()
    {
        var large = new byte[70 << 20];
        large.AsSpan().Fill((byte)'x');
        var path = folder["large.ndjson.gz"];
        File.WriteAllBytes(path, [.. GzipMember.Pack(["before\n"u8.ToArray()], Key), .. GzipMember.Pack([large], Key), .. GzipMember.Pack(["after\n"u8.ToArray()], Key)]);
        using var stream = new MemberStream(path, 0, Key);
        using var read = new MemoryStream();
        stream.CopyTo(read);
        Assert.Empty(stream.Damaged);
        Assert.Equal(large.Length + 7 + 6, read.Length);
        Assert.Equal("before\nxx", Encoding.ASCII.GetString(read.GetBuffer(), 0, 9));
        Assert.Equal("xxafter\n", Encoding.ASCII.GetString(read.GetBuffer(), (int)read.Length - 8, 8));
    }

    private static byte[] Content(int member)
    {
        var random = new Random(member);
        var text = new StringBuilder();
        for (var line = 0; line < 120; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"member\":{member},\"line\":{line},\"rt\":{random.NextDouble()},\"abuf\":\"{Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64()))}\"}}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static byte[] Gzip(byte[] content) => Gzip(content, CompressionLevel.Optimal);

    private static byte[] Gzip(byte[] content, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>A member as earlier versions wrote it: with its length, without key and checksum.</summary>
    private static byte[] Earlier(byte[] content) => Earlier(content, CompressionLevel.Optimal);

    private static byte[] Earlier(byte[] content, CompressionLevel level)
    {
        var plain = Gzip(content, level);
        byte[] member = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 4, 255, 8, 0, (byte)'M', (byte)'L', 4, 0, 0, 0, 0, 0, .. plain[10..]];
        BitConverter.TryWriteBytes(member.AsSpan(16), member.Length);
        return member;
    }

    /// <summary>A member of ours in which the content lies as it is.</summary>
    private static byte[] Unpacked(byte[] content)
    {
        byte[] member = [.. GzipMember.Pack([content], Key).AsSpan(0, GzipMember.HeaderBytes), .. Gzip(content, CompressionLevel.NoCompression).AsSpan(10)];
        BitConverter.TryWriteBytes(member.AsSpan(16), member.Length);
        BitConverter.TryWriteBytes(member.AsSpan(32), Crc.End(Crc.AddCastagnoli(Crc.AddCastagnoli(Crc.Begin, member.AsSpan(0, 32)), member.AsSpan(36))));
        Assert.True(GzipMember.IsWhole(member));
        return member;
    }

    private (byte[] File, List<int> Begins) Whole(Func<byte[], byte[]>? pack = null)
    {
        using var file = new MemoryStream();
        var begins = new List<int>();
        foreach (var content in contents)
        {
            begins.Add((int)file.Length);
            file.Write(pack?.Invoke(content) ?? GzipMember.Pack([content], Key));
        }

        begins.Add((int)file.Length);
        return (file.ToArray(), begins);
    }

    private string All(params int[] but) => string.Concat(contents.Where((_, member) => !but.Contains(member)).Select(Encoding.Latin1.GetString));

    private (string Read, IReadOnlyList<ByteRange> Damaged) Read(byte[] file, ulong? key)
    {
        var path = folder["day.ndjson.gz"];
        File.WriteAllBytes(path, file);
        using var stream = new MemberStream(path, 0, key);
        using var read = new MemoryStream();
        stream.CopyTo(read);
        Assert.Null(stream.Failure);
        return (Encoding.Latin1.GetString(read.ToArray()), stream.Damaged);
    }
}
