using System.Text;
using Analyzer.Identities;
using App.Cli;
using Collector.Geography;
using Collector.Network;
using Xunit;

namespace Tests.Cli;

public sealed class IdentifyCommandTests
{
    private static readonly Pop Fremont = new("FMT", new GeoPoint(37.55, -121.98)) { Country = "US" };

    [Fact]
    public void Lines_may_end_in_CRLF_be_empty_or_hold_any_bytes()
    {
        var input = new MemoryStream([.. "ns1.fmt\r\n\r\n  \nfür\n"u8, 0xFF, 0x00, (byte)'x', (byte)'\n', .. "last"u8]);
        var seen = new List<string>();

        var empty = IdentifyCommand.Run(["-"], () => input, seen.Add);

        Assert.Equal(["ns1.fmt", "für", "\\xffx", "last"], seen);
        Assert.Equal(2, empty);
    }

    [Fact]
    public void A_line_without_end_is_cut()
    {
        var input = new MemoryStream([.. Enumerable.Repeat((byte)'a', 1_000_000), (byte)'\n', (byte)'b']);
        var seen = new List<string>();

        IdentifyCommand.Run(["-"], () => input, seen.Add);

        Assert.Equal(2, seen.Count);
        Assert.True(seen[0].Length <= 1024);
        Assert.Equal("b", seen[1]);
    }

    [Fact]
    public void Ndjson_has_every_key_of_the_contract()
    {
        var found = new Identification("ns1.fmt", "id.server", IdentityClass.Pop, Fremont, "ns1", "pattern fmt", Confidence.Single);
        var unknown = new Identification("<b>", "nsid", IdentityClass.Unknown, null, null, null, null);

        Assert.Equal(
            """
            {"identity":"ns1.fmt","source":"id.server","class":"pop","pop":"FMT","server":"ns1","country":"US","latitude":37.55,"longitude":-121.98,"rule":"pattern fmt","confidence":"single"}
            {"identity":"\u003Cb\u003E","source":"nsid","class":"unknown","pop":null,"server":null,"country":null,"latitude":null,"longitude":null,"rule":null,"confidence":null}

            """,
            Written(OutputFormat.Ndjson, found, unknown));
    }

    [Fact]
    public void Json_is_one_array() =>
        Assert.Equal("[]\n", Written(OutputFormat.Json));

    [Fact]
    public void Csv_holds_no_formula_and_keeps_negative_numbers()
    {
        var written = Written(
            OutputFormat.Csv,
            new Identification("=cmd|' /C calc'!A0", "id.server", IdentityClass.Pop, Fremont, "a,\"b\"", "pattern x", Confidence.Guessed));

        Assert.Equal(
            "identity,source,class,pop,server,country,latitude,longitude,rule,confidence\r\n"
            + "'=cmd|' /C calc'!A0,id.server,pop,FMT,\"a,\"\"b\"\"\",US,37.55,-121.98,pattern x,guessed\r\n",
            written);
    }

    [Fact]
    public void What_no_target_knows_comes_with_a_rule_to_add_once()
    {
        var answers = new IdentifyCommand.IdentityAnswers([new Target("a") { Pops = [Fremont] }], [], null, DateTimeOffset.UnixEpoch);

        Assert.Equal(IdentityClass.Unknown, answers.Identify("ns1.fmt.example.net").Class);
        Assert.Equal(IdentityClass.Unknown, answers.Identify("ns2.fmt.example.net").Class);

        Assert.Equal(
            "measurement: 2 empty lines skipped\n"
            + @"measurement: unknown; perhaps add to the Identities of FMT: ^(?<server>ns[0-9]+)\.fmt\.example\.net$ (fmt is the code of FMT)" + "\n",
            IdentifyCommand.Notes(2, answers.Suggestions).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_terminal_is_not_made_to_write_backwards() =>
        Assert.DoesNotContain("\u202e", IdentifyCommand.Notes(0, [new RuleSuggestion("^fmt\u202emoc$", Fremont, "fmt is the code of FMT")]), StringComparison.Ordinal);

    [Fact]
    public void Without_a_target_the_one_that_knows_best_answers()
    {
        var miami = new Pop("MIA", new GeoPoint(25.76, -80.19)) { Country = "US", Identities = [new IdentityPattern("^98m")] };
        var answers = new IdentifyCommand.IdentityAnswers(
            [new Target("a") { Pops = [Fremont] }, new Target("b") { Pops = [miami], Identity = ["hostname.bind"] }], [], null, DateTimeOffset.UnixEpoch);

        Assert.Equal(("MIA", "hostname.bind"), (answers.Identify("98m1").Pop?.Code, answers.Identify("98m1").Source));
        Assert.Equal((IdentityClass.Interceptor, "id.server"), (answers.Identify("12m1").Class, answers.Identify("12m1").Source));
    }

    private static string Written(OutputFormat format, params Identification[] identifications)
    {
        var stream = new MemoryStream();
        using (var writer = IdentificationWriter.Create(format, stream))
        {
            foreach (var identification in identifications)
            {
                writer.Write(identification);
            }
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
