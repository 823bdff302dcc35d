using System.IO.Compression;
using System.Text;
using System.Text.Json;
using App.Cli;
using Xunit;

namespace Tests.Cli;

public sealed class DecodeCommandTests : IDisposable
{
    private const string Dns =
        """{"fw":5080,"dst_addr":"192.0.2.53","af":4,"proto":"UDP","result":{"rt":172.054,"abuf":"GzWEAAABAAEAAAAAAmlkBnNlcnZlcgAAEAADwAwAEAADAAAAPAAEA0pOQg=="},"msm_id":10310,"prb_id":1,"timestamp":1750000000,"from":"203.0.113.9","type":"dns"}""";

    private const string Ping =
        """{"af":6,"prb_id":2,"result":[{"rtt":12.1},{"rtt":12.3},{"rtt":12.9}],"avg":12.433333333333334,"min":12.1,"max":12.9,"sent":3,"rcvd":3,"dup":0,"proto":"ICMP","timestamp":1750000000,"type":"ping","msm_id":2001,"fw":5080,"dst_addr":"2001:db8::53"}""";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("decode");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_line_of_dns_has_exactly_the_members_of_the_contract() =>
        Assert.Equal(
            """
            {"kind":"dns","measurement":10310,"probe":1,"at":1750000000,"family":4,"target":"192.0.2.53","protocol":"udp","query":"id.server","identity":"JNB","nsid":null,"rttMs":172.054,"rcode":"NOERROR","outcome":"answered","reason":null,"from":"203.0.113.9","sub":null,"firmware":5080}

            """,
            Decode(OutputFormat.Ndjson, Write(Dns)).Output);

    [Fact]
    public void A_line_of_ping_has_exactly_the_members_of_the_contract() =>
        Assert.Equal(
            """
            {"kind":"ping","measurement":2001,"probe":2,"at":1750000000,"family":6,"target":"2001:db8::53","protocol":"icmp","rttMinMs":12.1,"rttAvgMs":12.433333333333334,"rttMaxMs":12.9,"sent":3,"received":3,"duplicates":0,"outcome":"answered","reason":null,"from":null,"sub":null,"firmware":5080}

            """,
            Decode(OutputFormat.Ndjson, Write(Ping)).Output);

    [Fact]
    public void What_is_unknown_is_null_and_never_zero() =>
        Assert.Equal(
            """
            {"kind":"dns","measurement":1,"probe":1,"at":0,"family":null,"target":null,"protocol":null,"query":null,"identity":null,"nsid":null,"rttMs":null,"rcode":null,"outcome":"unanswered","reason":"timeout","from":null,"sub":null,"firmware":null}
            {"kind":"ping","measurement":1,"probe":1,"at":0,"family":null,"target":null,"protocol":null,"rttMinMs":null,"rttAvgMs":null,"rttMaxMs":null,"sent":null,"received":null,"duplicates":null,"outcome":"failed","reason":"gone","from":null,"sub":null,"firmware":null}

            """,
            Decode(
                OutputFormat.Ndjson,
                Write("""{"msm_id":1,"prb_id":1,"timestamp":0,"type":"dns","error":{"timeout":5000}}""" + "\n"
                    + """{"msm_id":1,"prb_id":1,"timestamp":0,"type":"ping","error":"gone"}""")).Output);

    [Fact]
    public void Json_is_one_array_of_the_same_objects()
    {
        var lines = Decode(OutputFormat.Ndjson, Write($"{Dns}\n{Ping}\n")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"[\n{lines[0]},\n{lines[1]}\n]\n", Decode(OutputFormat.Json, Write($"{Dns}\n{Ping}\n")).Output);
        Assert.Equal("[]\n", Decode(OutputFormat.Json, Write("[]")).Output);
    }

    [Fact]
    public void Csv_has_the_same_columns_for_both_kinds() =>
        Assert.Equal(
            """
            kind,measurement,probe,at,family,target,protocol,query,identity,nsid,rttMs,rcode,rttMinMs,rttAvgMs,rttMaxMs,sent,received,duplicates,outcome,reason,from,sub,firmware
            dns,10310,1,1750000000,4,192.0.2.53,udp,id.server,JNB,,172.054,NOERROR,,,,,,,answered,,203.0.113.9,,5080
            ping,2001,2,1750000000,6,2001:db8::53,icmp,,,,,,12.1,12.433333333333334,12.9,3,3,0,answered,,,,5080

            """,
            Decode(OutputFormat.Csv, Write($"{Dns}\n{Ping}\n")).Output);

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("a,\"b\"", "\"a,\"\"b\"\"\"")]
    public void Identities_are_no_formulas_in_csv(string identity, string cell) =>
        Assert.Contains($",{cell},,1,,", Decode(OutputFormat.Csv, Write(WithIdentity(identity))).Output, StringComparison.Ordinal);

    [Fact]
    public void Json_is_ascii_whatever_strangers_answer()
    {
        var identity = "a\"\\\u202e\U0001F600ü</script>";
        var (_, output, _) = Decode(OutputFormat.Ndjson, Write(WithIdentity(identity)));
        Assert.True(Ascii.IsValid(output));
        Assert.Equal(identity, JsonDocument.Parse(output).RootElement.GetProperty("identity").GetString());
    }

    [Fact]
    public void The_longest_texts_fit()
    {
        var identity = new string('\u00fc', 2000);
        var lines = string.Join('\n', Enumerable.Repeat(WithIdentity(identity).Replace("192.0.2.53", new string('ü', 300), StringComparison.Ordinal), 50));
        foreach (var format in new[] { OutputFormat.Ndjson, OutputFormat.Csv, OutputFormat.Json })
        {
            Assert.Equal(ExitCode.Done, Decode(format, Write(lines)).Exit);
        }
    }

    [Fact]
    public void Each_file_is_read_whatever_is_wrong_with_the_others_and_the_worst_decides()
    {
        var missing = Path.Combine(folder.FullName, "missing.json");
        var (exit, output, errors) = Decode(OutputFormat.Ndjson, missing, Write(Dns), folder.FullName, Write(Ping + "\nnonsense\n{}\n[]"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            $"""
            measurement: {missing} does not exist
            measurement: {folder.FullName} is a folder; allowed: files, or - for standard input
            measurement: 4 results, 2 observations; rejected: 1 bad-json, 1 unknown-kind

            """,
            errors);
    }

    [Theory]
    [InlineData("", ExitCode.Incomplete, "NAME is empty")]
    [InlineData("[]", ExitCode.Done, "0 results, 0 observations")]
    [InlineData("nonsense\n", ExitCode.Incomplete, "1 results, 0 observations; rejected: 1 bad-json")]
    [InlineData("[", ExitCode.Incomplete, "NAME ends too early: the JSON array is not closed")]
    [InlineData("{\"a", ExitCode.Incomplete, "NAME ends too early: the last result is cut off")]
    public void The_exit_code_says_whether_all_of_it_was_good(string text, int exit, string line)
    {
        var file = Write(text);
        var (actual, _, errors) = Decode(OutputFormat.Ndjson, file);
        Assert.Equal(exit, actual);
        Assert.Contains($"measurement: {line.Replace("NAME", file, StringComparison.Ordinal)}\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_was_cut_off_is_told_from_one_that_was_not()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(Dns, 1000))));
        }

        var file = Write("");
        File.WriteAllBytes(file, zipped.ToArray());
        Assert.Equal(ExitCode.Done, Decode(OutputFormat.Ndjson, file).Exit);
        File.WriteAllBytes(file, zipped.ToArray()[..^10]);
        var (exit, _, errors) = Decode(OutputFormat.Ndjson, file);
        Assert.Equal(ExitCode.Incomplete, exit);
        Assert.Contains("the gzip data is damaged or cut off", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_says_only_what_is_wrong()
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter();
        Assert.Equal(ExitCode.Incomplete, DecodeCommand.Run([Write("nonsense"), Write("")], OutputFormat.Ndjson, output, errors, isQuiet: true));
        Assert.DoesNotContain("rejected", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("is empty", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void When_nobody_reads_any_more_decoding_ends()
    {
        using var output = new Closed();
        var file = Write(string.Join('\n', Enumerable.Repeat(Dns, 10_000)));
        var problem = Assert.Throws<IOException>(() => DecodeCommand.Run([file], OutputFormat.Ndjson, output, TextWriter.Null, isQuiet: true));
        Assert.True(StandardOutput.IsClosed(problem));
        Assert.Equal(1, output.Writes);
    }

    private static string WithIdentity(string identity) =>
        JsonSerializer.Serialize(new
        {
            msm_id = 1,
            prb_id = 1,
            timestamp = 1,
            type = "dns",
            dst_addr = "192.0.2.53",
            result = new { rt = 1, answers = new[] { new { TYPE = "TXT", RDATA = new[] { identity.Replace("\\", "\\092", StringComparison.Ordinal) } } } },
        });

    private static (int Exit, string Output, string Errors) Decode(OutputFormat format, params string[] files)
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter();
        var exit = DecodeCommand.Run(files, format, output, errors, isQuiet: false);
        return (exit, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }

    private string Write(string text)
    {
        var file = Path.Combine(folder.FullName, Path.GetRandomFileName());
        File.WriteAllText(file, text);
        return file;
    }

    private sealed class Closed : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Writes++;
            throw new IOException("Broken pipe", 32);
        }
    }
}
