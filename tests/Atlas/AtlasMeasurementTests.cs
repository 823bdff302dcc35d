using System.Text.Json;
using Collector.Atlas;
using Collector.Results;
using Xunit;

namespace Tests.Atlas;

public sealed class AtlasMeasurementTests
{
    [Fact]
    public void A_whole_object()
    {
        var measurement = Parse("""
            {"id":10310,"type":"dns","af":6,"target":"k.root-servers.net","target_ip":"2001:7fd::1","description":"a\u0007\nb",
             "status":{"id":6,"name":"No suitable probes","when":null},"interval":1800,"spread":60,"start_time":1463596800,
             "stop_time":null,"credits_per_result":10,"estimated_results_per_day":24000,"participant_count":500,"probes_requested":-1,
             "query_argument":"id.server","query_class":"CHAOS","query_type":"TXT","set_nsid_bit":true,"is_oneoff":false,"is_public":false,
             "tags":["a",{"slug":"b"},{"name":"c"},7],"probes":[{"id":1,"url":"x"},2,"z"]}
            """)!;
        Assert.Equal(10310, measurement.Id);
        Assert.Equal(MeasurementKind.Dns, measurement.Kind);
        Assert.Equal(6, measurement.Family);
        Assert.Equal("2001:7fd::1", measurement.TargetIp!.ToString());
        Assert.Equal("a b", measurement.Description);
        Assert.Equal(MeasurementStatus.NoSuitableProbes, measurement.Status);
        Assert.True(measurement.IsLive);
        Assert.Equal(1800, measurement.IntervalSeconds);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1463596800), measurement.Start);
        Assert.Null(measurement.Stop);
        Assert.Equal(24000, measurement.EstimatedResultsPerDay);
        Assert.Equal(-1, measurement.ProbesRequested);
        Assert.True(measurement.SetNsidBit);
        Assert.False(measurement.IsPublic);
        Assert.Equal(["a", "b", "c"], measurement.Tags);
        Assert.Equal([1, 2], measurement.Probes);
    }

    [Theory]
    [InlineData("2", MeasurementStatus.Ongoing)]
    [InlineData("\"Ongoing\"", MeasurementStatus.Ongoing)]
    [InlineData("""{"name":"Forced to stop"}""", MeasurementStatus.ForcedToStop)]
    [InlineData("""{"id":3,"name":"Paused"}""", MeasurementStatus.Other)]
    [InlineData("""{"id":42,"name":"Quantum"}""", MeasurementStatus.Other)]
    [InlineData("null", MeasurementStatus.Other)]
    public void Status_is_an_object_a_number_or_a_name(string status, MeasurementStatus expected) =>
        Assert.Equal(expected, Parse($$"""{"id":1,"status":{{status}}}""")!.Status);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"id":"x"}""")]
    public void Without_an_id_it_is_no_measurement(string json) => Assert.Null(Parse(json));

    [Fact]
    public void Tags_that_are_not_there_are_unknown_not_none() => Assert.Null(Parse("""{"id":1}""")!.Tags);

    [Fact]
    public void Cut_objects_of_2026()
    {
        var measurements = Corpus.Lines("api/measurement-objects-2026-partial.ndjson").Select(line => Parse(line)!).ToList();
        Assert.Equal([1024931L, 1026773L], measurements.Select(measurement => measurement.Id));
        Assert.Equal(256, measurements[0].CreditsPerResult);
        Assert.Equal(5269, measurements[0].EstimatedResultsPerDay);
        Assert.Equal("mail.fullford.com.", measurements[1].QueryArgument);
        Assert.Equal(3600, measurements[1].IntervalSeconds);
    }

    [Fact]
    public void Objects_of_the_old_api()
    {
        var measurements = Corpus.Lines("api/measurement-meta-v1.ndjson").Select(line => Parse(line)!).ToList();
        Assert.Equal(["traceroute", "dns", "dns", "sslcert", "traceroute", "ping"], measurements.Select(measurement => measurement.Type));
        Assert.All(measurements, measurement => Assert.Equal(MeasurementStatus.Stopped, measurement.Status));
        Assert.Equal("199.7.83.42", measurements[1].TargetIp!.ToString());
        Assert.Equal(3359986, measurements[5].Id);
    }

    private static AtlasMeasurement? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return AtlasMeasurement.Parse(document.RootElement);
    }
}
