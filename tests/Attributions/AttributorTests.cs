using Analyzer.Attributions;
using Analyzer.Identities;
using Collector.Geography;
using Collector.Network;
using Collector.Results;
using Xunit;

namespace Tests.Attributions;

public sealed class AttributorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint Berlin = new(52.52, 13.40);

    private readonly Attributor attributor = new(new Identifier(new Target("anycast")
    {
        Identity = ["id.server", "hostname.bind"],
        Pops =
        [
            new Pop("FMT", new GeoPoint(37.55, -121.98)) { Country = "US", Identities = [new IdentityPattern(@"^(?<server>ns\d+)\.fmt\."), new IdentityPattern("^fmt-nsid$")] },
            new Pop("APE", new GeoPoint(52.21, 5.97)) { Country = "NL", Identities = [new IdentityPattern(@"^(?<server>ns\d+)\.ape\.")] },
        ],
    }));

    [Fact]
    public void One_question_that_names_a_pop_is_a_single_witness()
    {
        var found = Attribute(("id.server", "ns1.ape.example.net"));

        Assert.Equal((IdentityClass.Pop, "APE", "ns1", Confidence.Single), (found?.Class, found?.Pop?.Code, found?.Server, found?.Confidence));
    }

    [Fact]
    public void Two_questions_that_name_the_same_pop_confirm_each_other()
    {
        var found = Attribute(("nsid", "fmt-nsid"), ("id.server", "ns2.fmt.example.net"));

        Assert.Equal((IdentityClass.Pop, "FMT", "ns2", Confidence.Confirmed), (found?.Class, found?.Pop?.Code, found?.Server, found?.Confidence));
        Assert.Equal(2, found?.Evidence.Count);
    }

    [Fact]
    public void The_same_question_twice_confirms_nothing() =>
        Assert.Equal(Confidence.Single, Attribute(("id.server", "ns1.ape.x"), ("id.server", "ns2.ape.x"))?.Confidence);

    [Fact]
    public void Questions_that_name_different_pops_are_in_conflict()
    {
        var found = Attribute(("id.server", "ns1.ape.x"), ("nsid", "ns1.fmt.x"));

        Assert.Equal((IdentityClass.Conflict, null), (found?.Class, found?.Pop));
    }

    [Theory]
    [InlineData("98m99", null)]
    [InlineData("98m99", "ns1.ape.x")]
    [InlineData("98m99", "whoever")]
    [InlineData("ns1.ape.x", "unbound 1.13.1")]
    public void A_stranger_in_the_path_outweighs_whatever_else_was_answered(string chaos, string? nsid) =>
        Assert.Equal(IdentityClass.Interceptor, Attribute(("id.server", chaos), ("nsid", nsid))?.Class);

    [Fact]
    public void An_unknown_name_beside_a_known_one_changes_nothing()
    {
        var found = Attribute(("id.server", "ns1.ape.x"), ("nsid", "6e73312e"));

        Assert.Equal((IdentityClass.Pop, "APE", Confidence.Single), (found?.Class, found?.Pop?.Code, found?.Confidence));
    }

    [Theory]
    [InlineData("edge.ape.nl", "ns1.fmt.x", "FMT", Confidence.Single)]
    [InlineData("edge.ape.nl", "ns1.ape.x", "APE", Confidence.Single)]
    [InlineData("edge.ape.nl", null, "APE", Confidence.Guessed)]
    public void A_rule_outweighs_a_guess_and_a_guess_confirms_nothing(string chaos, string? nsid, string pop, Confidence confidence)
    {
        var found = Attribute(("id.server", chaos), ("nsid", nsid));

        Assert.Equal((IdentityClass.Pop, pop, confidence), (found?.Class, found?.Pop?.Code, found?.Confidence));
    }

    [Fact]
    public void Guesses_that_disagree_name_nothing() =>
        Assert.Equal(IdentityClass.Unknown, Attribute(("id.server", "edge.ape.nl"), ("nsid", "us-fmt"))?.Class);

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" \t", "")]
    public void Answered_without_identifier_is_neither_attributed_nor_unknown(string? chaos, string? nsid) =>
        Assert.Null(Attribute(("id.server", chaos), ("nsid", nsid)));

    /// <summary>Berlin to Apeldoorn is 506 km, to Fremont 9,100 km: 5.1 and 92 ms of fibre there and back.</summary>
    [Theory]
    [InlineData("ns1.ape.x", 5.2, IdentityClass.Pop)]
    [InlineData("ns1.ape.x", 4.4, IdentityClass.Impossible)]
    [InlineData("ns1.fmt.x", 20.0, IdentityClass.Impossible)]
    [InlineData("ns1.fmt.x", 160.0, IdentityClass.Pop)]
    [InlineData("98m99", 0.1, IdentityClass.Interceptor)]
    [InlineData("ns1.fmt.x", double.NaN, IdentityClass.Pop)]
    public void What_is_faster_than_light_is_impossible_and_says_of_which_pop(string identity, double rttMs, IdentityClass expected)
    {
        var found = attributor.Attribute([new RoundAnswer("id.server", identity)], Now, Berlin, rttMs);

        Assert.Equal(expected, found?.Class);
        Assert.Equal(expected is IdentityClass.Pop or IdentityClass.Impossible, found?.Pop is not null);
        Assert.Equal(expected == IdentityClass.Impossible, found?.Pop is not null && found.Confidence is null);
    }

    [Fact]
    public void An_observation_brings_its_question_its_nsid_and_its_time()
    {
        var observation = new Observation
        {
            Kind = MeasurementKind.Dns,
            Outcome = Outcome.Answered,
            At = Now.ToUnixTimeSeconds(),
            Query = null,
            Identity = "ns1.fmt.x",
            Nsid = "fmt-nsid",
            RttMs = 12,
        };

        var found = attributor.Attribute(observation);

        Assert.Equal(Confidence.Confirmed, found?.Confidence);
        Assert.Equal(["id.server", "nsid"], found?.Evidence.Select(identity => identity.Source));
        Assert.Equal(IdentityClass.Impossible, attributor.Attribute(observation, Berlin)?.Class);
        Assert.Null(attributor.Attribute(observation with { Outcome = Outcome.Unanswered, Identity = null, Nsid = null }));
    }

    /// <summary>What Quad9's own tool printed for each probe of measurement 29083406.</summary>
    [Fact]
    public void Quad9s_servers_are_pops_under_its_own_rules_and_strangers_to_everyone_else()
    {
        var expected = new Dictionary<int, string>();
        foreach (var line in Corpus.Lines("dns/quad9-29083406.expected.ndjson"))
        {
            using var row = System.Text.Json.JsonDocument.Parse(line);
            expected.Add(row.RootElement.GetProperty("prb_id").GetInt32(), row.RootElement.GetProperty("site_pair").GetString()!.Split(':')[0]);
        }

        var sites = expected.Values.Where(site => site.Length == 3).Distinct().ToList();
        var quad9 = new Attributor(new Identifier(new Target("quad9")
        {
            Pops = [.. sites.Select(site => new Pop(site, Places.Airport(site)[0].Position) { Identities = [new IdentityPattern($@"^(?<server>res\d+)\.{site}\d?\.rrdns\.pch\.net$")] })],
        }));
        var observations = new Observations();
        using (var input = File.OpenRead(Corpus.File("dns/quad9-29083406.ndjson")))
        {
            ResultReader.Read(input, observations);
        }

        Assert.Equal(expected.Count, observations.All.Count);
        Assert.All(observations.All, observation =>
        {
            var found = quad9.Attribute(observation);
            var words = observation.Outcome != Outcome.Answered ? "unknown" : found is null ? "no_reply" : found.Pop?.Code;
            Assert.Equal(expected[observation.Probe], words);
            if (found is not null)
            {
                Assert.StartsWith("res", found.Server, StringComparison.Ordinal);
                Assert.Equal(IdentityClass.Interceptor, attributor.Attribute(observation)?.Class);
            }
        });
    }

    /// <summary>Measurement 1768147: Cloudflare answers with an airport's code and nothing else; the site and the probe's place of each line
    /// are those that the source of the file found.</summary>
    [Fact]
    public void A_server_that_answers_its_pops_code_needs_no_rule()
    {
        var expected = Corpus.Lines("dns/cloudflare-id.server-1768147-a.expected.ndjson").Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        GeoPoint? At(System.Text.Json.JsonElement row, string of) => GeoPoint.From(row.GetProperty($"{of}_lat").GetDouble(), row.GetProperty($"{of}_lon").GetDouble());
        var pops = expected.DistinctBy(row => row.GetProperty("site").GetString()).Select(row => new Pop(row.GetProperty("site").GetString()!, At(row, "site")!.Value));
        var cloudflare = new Attributor(new Identifier(new Target("cloudflare") { Pops = [.. pops] }));
        var observations = new Observations();
        using (var input = File.OpenRead(Corpus.File("dns/cloudflare-id.server-1768147-a.ndjson.gz")))
        {
            ResultReader.Read(input, observations);
        }

        Assert.Equal(expected.Count, observations.All.Count);
        Assert.All(observations.All.Zip(expected), pair =>
        {
            var found = cloudflare.Attribute(pair.First, At(pair.Second, "probe"));

            // The file's own distance, not ours: light in fibre makes 98.6 km of it a millisecond, and 50 km are forgiven.
            var isPossible = pair.Second.GetProperty("dist_km").GetDouble() <= (98.6 * pair.First.RttMs) + 50;
            Assert.Equal(pair.Second.GetProperty("site").GetString(), found?.Pop?.Code);
            Assert.Equal(isPossible ? IdentityClass.Pop : IdentityClass.Impossible, found?.Class);
        });
    }

    private Attribution? Attribute(params (string Source, string? Identity)[] answers) =>
        attributor.Attribute(answers.Select(answer => new RoundAnswer(answer.Source, answer.Identity)), Now);

    private sealed class Observations : IResultHandler
    {
        public List<Observation> All { get; } = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => All.Add(observation);

        public void Reject(string reason, ReadOnlySpan<byte> result) => Assert.Fail(reason);
    }
}
