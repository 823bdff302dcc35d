using System.IO.Compression;
using System.Text.Json;
using Collector.Results;
using Xunit;

namespace Tests.Results;

/// <summary>Real results, against what others made of them.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Every_line_of_every_file_is_an_observation_or_is_counted()
    {
        foreach (var path in Corpus.Files("dns", "*.ndjson*").Concat(Corpus.Files("ping", "*.ndjson*")).Where(IsResults))
        {
            var (recorder, summary) = Read(path);
            var lines = Lines(path).ToList();
            var elements = lines.Sum(line => line.Contains("\"resultset\"", StringComparison.Ordinal)
                ? JsonDocument.Parse(line).RootElement.GetProperty("resultset").GetArrayLength()
                : 1);
            Assert.Equal(lines.Count, summary.Counts.Results);
            Assert.Equal(elements, recorder.Observations.Count + recorder.Reasons.Count);
            Assert.Null(summary.Incomplete);

            // The probe's own test output names no measurement; all the rest is real and means something.
            var firmwareTests = Path.GetFileName(path).StartsWith("probe-firmware", StringComparison.Ordinal);
            Assert.All(recorder.Reasons, reason => Assert.Equal(firmwareTests ? RejectionReasons.NoMeasurement : "none", reason));
        }
    }

    [Theory]
    [InlineData("cloudflare-id.server-1768147-a")]
    [InlineData("quad9-24980149")]
    [InlineData("quad9-29083406")]
    [InlineData("root-k6-version.server-11501")]
    [InlineData("sagan-dns")]
    public void Rcode_identity_nsid_and_query_are_those_of_an_independent_decoder(string name)
    {
        var path = Corpus.Files("dns", name + ".ndjson*").Single();
        var lines = Lines(path).ToList();
        var compared = 0;
        foreach (var expected in Corpus.Lines($"dns/{name}.decoded.ndjson").Select(line => JsonDocument.Parse(line).RootElement))
        {
            var observations = Recorder.Decode(lines[expected.GetProperty("line").GetInt32() - 1]).Observations;
            var observation = observations[expected.TryGetProperty("item", out var item) ? item.GetInt32() : 0];
            if (!expected.TryGetProperty("abuf", out var message))
            {
                Assert.Equal(expected.GetProperty("outcome").GetString() == "error", observation.Outcome != Outcome.Answered);
                continue;
            }

            Assert.Equal(Outcome.Answered, observation.Outcome);
            Assert.Equal(message.GetProperty("rcode").GetInt32(), observation.Rcode);
            var txt = message.GetProperty("txt").EnumerateArray().Select(record => string.Concat(record.GetProperty("strings_hex").EnumerateArray())).FirstOrDefault();
            Assert.Equal(TextOf(txt), observation.Identity);
            Assert.Equal(TextOf(message.TryGetProperty("nsid_hex", out var nsid) ? nsid.GetString() : null), observation.Nsid);
            Assert.Equal(message.TryGetProperty("qname", out var question) ? question.GetString()?.TrimEnd('.') : null, observation.Query);
            compared++;
        }

        Assert.True(compared > 10, $"only {compared} compared");
    }

    /// <summary>As the corpus writes bytes; all of them are plain text but one: "Here be \xff dragons!".</summary>
    private static string? TextOf(string? hex) =>
        string.IsNullOrEmpty(hex) ? null : string.Concat(Convert.FromHexString(hex).Select(octet => octet < 0x80 ? $"{(char)octet}" : $"\\x{octet:x2}")).Trim();

    private static bool IsResults(string path) =>
        !path.Contains(".expected.", StringComparison.Ordinal) && !path.Contains(".decoded.", StringComparison.Ordinal)
        && !path.Contains(".index.", StringComparison.Ordinal);

    private static (Recorder Recorder, ReadSummary Summary) Read(string path)
    {
        var recorder = new Recorder();
        using var file = File.OpenRead(path);
        return (recorder, ResultReader.Read(file, recorder));
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
