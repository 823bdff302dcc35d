using Collector.Results;
using Xunit;

namespace Tests.Results;

/// <summary>One oddity of real ping results a test.</summary>
public sealed class PingResultTests
{
    private const string Common = "\"msm_id\":1001,\"prb_id\":1,\"timestamp\":1750000000,\"type\":\"ping\"";

    [Fact]
    public void An_answer_has_all_of_its_members()
    {
        // Firmware 5120, August 2026: see ping-firmware-5100-5120-2026 of the corpus.
        var observation = Recorder.One(
            """{"fw":5120,"mver":"2.6.4","lts":41,"dst_name":"126.207.0.1","af":4,"dst_addr":"126.207.0.1","src_addr":"172.17.0.2","proto":"ICMP","ttl":54,"size":48,"result":[{"rtt":19.725885},{"rtt":19.422504},{"rtt":19.387082},{"rtt":19.470221},{"rtt":19.315099}],"dup":0,"rcvd":5,"sent":5,"min":19.315099,"max":19.725885,"avg":19.4641582,"msm_id":203405971,"prb_id":1016425,"timestamp":1787451057,"msm_name":"Ping","from":"61.200.81.11","type":"ping","step":null,"stored_timestamp":1787451075}""");
        Assert.Equal(MeasurementKind.Ping, observation.Kind);
        Assert.Equal((203405971, 1016425, 0, 1787451057, 1787451075), (observation.Measurement, observation.Probe, observation.Sub, observation.At, observation.StoredAt));
        Assert.Equal((4, "126.207.0.1", "61.200.81.11", "icmp", 5120), (observation.Family, observation.Target, observation.From, observation.Protocol, observation.Firmware));
        Assert.Equal((19.315099, 19.4641582, 19.725885, 5, 5, 0), (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs, observation.Sent, observation.Received, observation.Duplicates));
        Assert.Equal((Outcome.Answered, null), (observation.Outcome, observation.Reason));
        Assert.Equal((double.NaN, -1, null, null, null), (observation.RttMs, observation.Rcode, observation.Query, observation.Identity, observation.Nsid));
    }

    [Fact]
    public void Total_loss_is_unanswered_not_zero()
    {
        var observation = Recorder.One($$$"""{{{{Common}}},"result":[{"x":"*"},{"x":"*"},{"x":"*"}],"dup":0,"rcvd":0,"sent":3,"min":-1,"max":-1,"avg":-1}""");
        Assert.Equal((Outcome.Unanswered, "timeout", 3, 0, 0), (observation.Outcome, observation.Reason, observation.Sent, observation.Received, observation.Duplicates));
        Assert.Equal((double.NaN, double.NaN, double.NaN), (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs));
    }

    [Theory]
    [InlineData("connect failed: Permission denied", "connect-failed")]
    [InlineData("sendto failed: Network is unreachable", "sendto-failed")]
    [InlineData("dns resolution failed: non-recoverable failure", "dns-resolution-failed")]
    [InlineData("address not allowed", "address-not-allowed")]
    [InlineData("", "error")]
    public void When_every_packet_is_an_error_the_probe_could_not_ask(string error, string reason)
    {
        var observation = Recorder.One($$$"""{{{{Common}}},"result":[{"error":"{{{error}}}"},{"error":"other"}],"dup":0,"rcvd":0,"sent":0,"min":-1,"max":-1,"avg":-1}""");
        Assert.Equal((Outcome.Failed, reason, 0, 0), (observation.Outcome, observation.Reason, observation.Sent, observation.Received));
    }

    [Fact]
    public void An_error_beside_packets_does_not_count_as_sent()
    {
        // Atlas counts the same way: root-builtin-pings-2019a of the corpus has an error and two replies with "sent":2.
        var observation = Recorder.One($$$"""{{{{Common}}},"result":[{"rtt":15.5},{"error":"sendto failed: Network is unreachable"},{"rtt":16.5}]}""");
        Assert.Equal((Outcome.Answered, 2, 2, 15.5, 16, 16.5), (observation.Outcome, observation.Sent, observation.Received, observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs));
        Assert.Equal(Outcome.Unanswered, Recorder.One($$$"""{{{{Common}}},"result":[{"x":"*"},{"error":"sendto failed"}]}""").Outcome);
    }

    [Fact]
    public void Missing_aggregates_are_computed_without_duplicates_and_late_replies()
    {
        var observation = Recorder.One(
            $$$"""{{{{Common}}},"result":[{"srcaddr":"192.168.103.130","x":"*"},{"dup":1,"rtt":36.454,"ttl":54},{"dup":1,"rtt":37.756},{"rtt":20,"ttl":51},{"rtt":30},{"late":1,"rtt":5}]}""");
        Assert.Equal((20, 25, 30, 3, 2, 2), (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs, observation.Sent, observation.Received, observation.Duplicates));
    }

    [Fact]
    public void Sent_alone_may_be_missing_and_received_may_be_more()
    {
        Assert.Equal((3, 3), Counts("\"result\":[{\"rtt\":1},{\"rtt\":2},{\"rtt\":3}],\"rcvd\":3,\"min\":1,\"avg\":2,\"max\":3"));
        Assert.Equal((3, 4), Counts("\"result\":[{\"rtt\":1},{\"rtt\":2},{\"rtt\":3}],\"sent\":3,\"rcvd\":4,\"min\":1,\"avg\":2,\"max\":3"));

        static (int Sent, int Received) Counts(string members)
        {
            var observation = Recorder.One($$$"""{{{{Common}}},{{{members}}}}""");
            return (observation.Sent, observation.Received);
        }
    }

    [Fact]
    public void Firmware_0_writes_numbers_as_texts_and_firmware_1_has_no_packets()
    {
        var observation = Recorder.One("""{"avg":"58.042","dst_addr":"62.2.16.12","dup":"0","fw":0,"max":"58.272","min":"57.876","msm_id":1000192,"prb_id":677,"rcvd":"3","sent":"3","src_addr":"78.128.9.202","timestamp":1328019792,"type":"ping"}""");
        Assert.Equal((4, 57.876, 58.042, 58.272, 3, 3, 0, 0), (observation.Family, observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs, observation.Sent, observation.Received, observation.Duplicates, observation.Firmware));
        var silent = Recorder.One($$$"""{{{{Common}}},"fw":1,"sent":3,"rcvd":0,"dup":0,"min":-1,"avg":-1,"max":-1}""");
        Assert.Equal((Outcome.Unanswered, 3, 0), (silent.Outcome, silent.Sent, silent.Received));
    }

    [Fact]
    public void Old_firmware_has_other_names()
    {
        var observation = Recorder.One("""{"addr":"2001:db8::1","name":"hsi.cablecom.ch","pf":6,"srcaddr":"2001:db8::2","msm_id":1,"prb_id":1,"timestamp":1,"type":"ping","result":[{"rtt":1}]}""");
        Assert.Equal((6, "2001:db8::1"), (observation.Family, observation.Target));
    }

    [Fact]
    public void Without_packets_and_nothing_sent_the_probe_did_not_ask()
    {
        var observation = Recorder.One($$$"""{{{{Common}}},"result":[],"sent":0,"rcvd":0,"min":-1,"avg":-1,"max":-1}""");
        Assert.Equal((Outcome.Failed, "nothing-sent"), (observation.Outcome, observation.Reason));
    }

    [Theory]
    [InlineData("\"min\":null,\"max\":null,\"avg\":null,\"result\":[{\"rtt\":1.5}]", 1.5)]
    [InlineData("\"min\":-1,\"max\":-1,\"avg\":-1,\"result\":[{\"rtt\":1.5}]", 1.5)]
    [InlineData("\"min\":1e99,\"max\":1e99,\"avg\":1e99,\"result\":[{\"rtt\":1.5},{\"rtt\":-4},{\"rtt\":1e99}]", 1.5)]
    [InlineData("\"min\":2.5", 2.5)]
    public void Aggregates_that_say_nothing_are_computed(string members, double fastest) =>
        Assert.Equal(fastest, Recorder.One($$$"""{{{{Common}}},{{{members}}}}""").RttMinMs);

    [Theory]
    [InlineData("", RejectionReasons.NoResult)]
    [InlineData(",\"result\":null", RejectionReasons.NoResult)]
    [InlineData(",\"result\":{\"rt\":1}", RejectionReasons.BadResult)]
    [InlineData(",\"result\":\"x\"", RejectionReasons.BadResult)]
    [InlineData(",\"result\":[{\"hop\":1,\"result\":[]}]", RejectionReasons.BadResult)]
    [InlineData(",\"min\":-7,\"avg\":-7,\"max\":-7", RejectionReasons.BadRtt)]
    [InlineData(",\"min\":\"x\"", RejectionReasons.BadRtt)]
    public void Whatever_is_no_observation_says_why(string members, string reason) => Assert.Equal(reason, Recorder.Rejected($$$"""{{{{Common}}}{{{members}}}}"""));

    [Theory]
    [InlineData("\"msm_name\":\"Ping\",\"result\":[{\"rtt\":1}]", MeasurementKind.Ping)]
    [InlineData("\"msm_name\":\"Tdig\",\"result\":{\"rt\":1}", MeasurementKind.Dns)]
    [InlineData("\"result\":[{\"rtt\":1}]", MeasurementKind.Ping)]
    [InlineData("\"min\":1,\"avg\":1,\"max\":1", MeasurementKind.Ping)]
    [InlineData("\"result\":{\"rt\":1}", MeasurementKind.Dns)]
    [InlineData("\"error\":{\"timeout\":5000}", MeasurementKind.Dns)]
    public void Without_type_the_kind_is_told_by_name_or_shape(string members, MeasurementKind kind) =>
        Assert.Equal(kind, Recorder.One($$$"""{"msm_id":1,"prb_id":1,"time":1,{{{members}}}}""").Kind);

    [Fact]
    public void A_traceroute_without_type_is_no_ping() =>
        Assert.Equal(RejectionReasons.UnknownKind, Recorder.Rejected("""{"msm_id":1,"prb_id":1,"timestamp":1,"result":[{"hop":1,"result":[{"rtt":1}]}]}"""));
}
