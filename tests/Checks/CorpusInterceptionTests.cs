using System.Globalization;
using System.Text.Json;
using Tests.Store;
using Xunit;

namespace Tests.Checks;

/// <summary>OpenDNS refused CHAOS queries in June 2017. Who answered some probes in its place, by the real commands on the real results, against the
/// marks of the group that measured it.</summary>
public sealed class CorpusInterceptionTests
{
    private const string Settings = """{ "Targets": [ { "Name": "opendns", "IPv4": "208.67.222.222" } ] }""";
    private const string Week = "2017-W26";

    private static readonly string[] Questions = ["hostname.bind", "version.bind", "id.server"];

    /// <summary>The marks deviate from the most frequent answer also where there was none at all. That is nobody's interception.</summary>
    [Fact]
    public async Task All_that_others_marked_and_that_were_answered_are_found_and_no_other()
    {
        using var folder = new TemporaryFolder();
        var found = await InterceptedAsync(folder, Questions);
        var marks = Marks();
        var known = found.Intersect(marks.Select(mark => mark.Probe)).ToHashSet();
        var marked = marks.Where(mark => mark.IsMarked).ToList();
        var unanswered = marked.Where(mark => mark.Rcodes.All(rcode => rcode is Refused or NoAnswer)).ToList();
        Assert.Equal((7702, 108, 42), (marks.Count, marked.Count, unanswered.Count));
        Assert.All(unanswered, mark => Assert.Contains(NoAnswer, mark.Rcodes));
        Assert.Equal(marked.Except(unanswered).Select(mark => mark.Probe).Order(), known.Order());

        // In numbers: of 7,702 probes the two disagree on 42.
        Assert.Equal(66, known.Count);
        Assert.True(marks.Count(mark => mark.IsMarked == known.Contains(mark.Probe)) >= 0.994 * marks.Count);
    }

    [Theory]
    [InlineData("hostname.bind", 0)]
    [InlineData("version.bind", 1)]
    [InlineData("id.server", 2)]
    public async Task One_question_alone_is_enough(string question, int number)
    {
        using var folder = new TemporaryFolder();
        var found = await InterceptedAsync(folder, question);
        var marks = Marks();
        Assert.Equal(
            marks.Where(mark => mark.Rcodes[number] is not (Refused or NoAnswer)).Select(mark => mark.Probe).Order(),
            found.Intersect(marks.Select(mark => mark.Probe)).Order());
    }

    [Fact]
    public async Task Messages_say_who_answered_and_that_it_was_asked_once()
    {
        using var folder = new TemporaryFolder();
        var messages = (await FindingsAsync(folder, Questions)).Select(finding => finding.GetProperty("message").GetString()!).ToList();
        Assert.All(messages, message => Assert.EndsWith(" Each probe was asked only once: whether it lasts is not known.", message, StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("calls itself \"rslv.prg.e\"", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("the name \"dnsmasq-2.76\" where 99 % of the probes get REFUSED without one, its only answer.", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("no name (NOTIMP) where 99 % of the probes get REFUSED without one", StringComparison.Ordinal));
    }

    private const int Refused = 5;
    private const int NoAnswer = -1;

    private static async Task<HashSet<int>> InterceptedAsync(TemporaryFolder folder, params string[] questions) =>
        [.. (await FindingsAsync(folder, questions)).Select(finding => int.Parse(finding.GetProperty("scope").GetProperty("value").GetString()!, CultureInfo.InvariantCulture))];

    private static async Task<List<JsonElement>> FindingsAsync(TemporaryFolder folder, params string[] questions)
    {
        var findings = await CorpusCommands.FindingsAsync(
            folder, Settings, "opendns", Week, null, [.. questions.Select(question => Corpus.File($"dns/recdnsfp-opendns-ch_{question}.ndjson.gz"))]);
        Assert.All(findings, finding => Assert.Equal("interception", finding.GetProperty("check").GetString()));
        return findings;
    }

    private static List<Mark> Marks()
    {
        var marks = new List<Mark>();
        foreach (var line in Corpus.Lines("dns/recdnsfp-opendns.expected.ndjson.gz"))
        {
            using var json = JsonDocument.Parse(line);
            int Number(string name) => json.RootElement.GetProperty(name).GetInt32();

            // Bits 16, 32 and 64: the code of hostname.bind, version.bind and id.server deviates.
            marks.Add(new Mark(Number("prb_id"), (Number("hijack") & 112) != 0, [Number("hostname_rcode"), Number("version_rcode"), Number("serverid_rcode")]));
        }

        return marks;
    }

    private sealed record Mark(int Probe, bool IsMarked, int[] Rcodes);
}
