using System.Text;
using Collector.Results;
using Xunit;

namespace Tests.Results;

/// <summary>One oddity of real DNS results a test. Messages are written by hand after RFC 1035.</summary>
public sealed class DnsResultTests
{
    private const string Common = "\"msm_id\":10310,\"prb_id\":1,\"timestamp\":1750000000,\"type\":\"dns\"";

    [Fact]
    public void An_answer_has_all_of_its_members()
    {
        // Firmware 5020, measurement 29083406: see quad9-29083406 of the corpus, line 2.
        var observation = Recorder.One(
            """{"fw":5020,"mver":"2.2.0","lts":15,"dst_addr":"149.112.149.112","dst_port":"53","af":4,"src_addr":"192.168.1.247","proto":"UDP","result":{"rt":19.924,"size":64,"abuf":"4eGBgAABAAEAAAAAAmlkBnNlcnZlcgAAEAADwAwAEAADAAFRgAAZGHJlczMwMC52aWUucnJkbnMucGNoLm5ldA==","ID":57825,"ANCOUNT":1,"QDCOUNT":1,"NSCOUNT":0,"ARCOUNT":0,"answers":[{"TYPE":"TXT","NAME":"id.server","RDATA":["res300.vie.rrdns.pch.net"]}]},"msm_id":29083406,"prb_id":1000125,"timestamp":1612968359,"msm_name":"Tdig","from":"86.49.239.227","type":"dns","group_id":29083406,"stored_timestamp":1612968360}""");
        Assert.Equal(MeasurementKind.Dns, observation.Kind);
        Assert.Equal((29083406, 1000125, 0), (observation.Measurement, observation.Probe, observation.Sub));
        Assert.Equal((1612968359, 1612968360), (observation.At, observation.StoredAt));
        Assert.Equal((4, "149.112.149.112", "86.49.239.227", "udp"), (observation.Family, observation.Target, observation.From, observation.Protocol));
        Assert.Equal(("id.server", "res300.vie.rrdns.pch.net", null, 0), (observation.Query, observation.Identity, observation.Nsid, observation.Rcode));
        Assert.Equal((Outcome.Answered, null, 19.924, 5020), (observation.Outcome, observation.Reason, observation.RttMs, observation.Firmware));
        Assert.Equal((double.NaN, double.NaN, double.NaN, -1, -1, -1), (observation.RttMinMs, observation.RttAvgMs, observation.RttMaxMs, observation.Sent, observation.Received, observation.Duplicates));
    }

    [Theory]
    [InlineData("""{"timeout":5000}""", Outcome.Unanswered, "timeout")]
    [InlineData("""{"TU_READ_ERR":""}""", Outcome.Unanswered, "TU_READ_ERR")]
    [InlineData("""{"TUCONNECT":"Connection refused"}""", Outcome.Unanswered, "TUCONNECT")]
    [InlineData("""{"TCPREADSIZE":"reply too small, got 0","TCPREAD":"expected 2 bytes and got 1"}""", Outcome.Unanswered, "TCPREAD")]
    [InlineData("""{"TCPREAD":"expected 2 bytes and got 1","TCPREADSIZE":"reply too small, got 0"}""", Outcome.Unanswered, "TCPREAD")]
    [InlineData("""{"idmismatch":"mismatch id from server"}""", Outcome.Unanswered, "idmismatch")]
    [InlineData("""{"senderror":"AF 2, Network is unreachable","timeout":5000}""", Outcome.Unanswered, "timeout")]
    [InlineData("""{"socket":"connect failed Network is unreachable"}""", Outcome.Failed, "socket")]
    [InlineData("""{"getsockname":"x"}""", Outcome.Failed, "getsockname")]
    [InlineData("""{"senderror":"AF 2, Network is unreachable"}""", Outcome.Failed, "senderror")]
    [InlineData("""{"getaddrinfo":"x"}""", Outcome.Failed, "getaddrinfo")]
    [InlineData("""{"evdns_getaddrinfo":"non-recoverable failure in name resolution"}""", Outcome.Failed, "evdns_getaddrinfo")]
    [InlineData("""{"nameserver":"no local resolvers found"}""", Outcome.Failed, "nameserver")]
    [InlineData("""{"TU_BAD_ADDR":true}""", Outcome.Failed, "TU_BAD_ADDR")]
    [InlineData("""{"TUSOCKET":"x"}""", Outcome.Failed, "TUSOCKET")]
    [InlineData("""{"TU_OUT_OF_ADDRESS":"x"}""", Outcome.Failed, "TU_OUT_OF_ADDRESS")]
    [InlineData("""{"reason":"address not allowed"}""", Outcome.Failed, "address-not-allowed")]
    [InlineData("""{"never seen before":1}""", Outcome.Failed, "never seen before")]
    [InlineData("""[{"query busy":"not starting a new one"},{"x":1}]""", Outcome.Failed, "query busy")]
    [InlineData("\"address not allowed\"", Outcome.Failed, "address-not-allowed")]
    [InlineData("{}", Outcome.Failed, "error")]
    public void Silence_is_not_failure(string error, Outcome outcome, string reason)
    {
        var observation = Recorder.One($$$"""{{{{Common}}},"dst_addr":"192.0.2.53","af":4,"error":{{{error}}}}""");
        Assert.Equal((outcome, reason), (observation.Outcome, observation.Reason));
        Assert.Equal((double.NaN, -1, null), (observation.RttMs, observation.Rcode, observation.Identity));
    }

    [Theory]
    [InlineData("""{{0},"error":{"timeout":5000},"result":{"rt":1.5,"answers":[]}}""")]
    [InlineData("""{{0},"result":{"rt":1.5,"answers":[]},"error":{"timeout":5000}}""")]
    public void With_error_and_result_the_result_counts(string form)
    {
        var observation = Recorder.One(form.Replace("{0}", Common, StringComparison.Ordinal));
        Assert.Equal((Outcome.Answered, null, 1.5), (observation.Outcome, observation.Reason, observation.RttMs));
    }

    [Fact]
    public void Each_element_of_a_resultset_is_an_observation_with_its_own_time()
    {
        var recorder = Recorder.Decode(
            """{"lts":81,"from":"212.238.160.244","msm_id":9181945,"fw":4790,"timestamp":1499702566,"resultset":[{"src_addr":"192.168.1.171","af":4,"submax":3,"proto":"UDP","subid":1,"result":{"abuf":"jeWBhAABAAAAAAAACGhvc3RuYW1lBGJpbmQAABAAAw==","rt":62.61},"time":1499702567,"dst_addr":"192.168.1.1"},{"af":6,"submax":3,"proto":"TCP","subid":2,"time":1499702568,"dst_addr":"2001:db8::1","error":{"timeout":5000}},{"subid":3,"error":{"nameserver":"no local resolvers found"}}],"prb_id":1,"type":"dns"}""");
        Assert.Empty(recorder.Reasons);
        Assert.Equal([(1, 1499702567L), (2, 1499702568L), (3, 1499702566L)], recorder.Observations.Select(each => (each.Sub, each.At)));
        Assert.Equal([("192.168.1.1", (byte)4, "udp"), ("2001:db8::1", (byte)6, "tcp"), (null, (byte)0, null)], recorder.Observations.Select(each => (each.Target, each.Family, each.Protocol)));
        Assert.Equal([Outcome.Answered, Outcome.Unanswered, Outcome.Failed], recorder.Observations.Select(each => each.Outcome));
        Assert.All(recorder.Observations, each => Assert.Equal((9181945, 1, "212.238.160.244", 4790), (each.Measurement, each.Probe, each.From, each.Firmware)));
        Assert.All(recorder.Results, result => Assert.StartsWith("{\"lts\":81", result, StringComparison.Ordinal));
    }

    [Fact]
    public void Elements_without_number_or_with_one_twice_are_still_told_apart() =>
        Assert.Equal(
            [1, 2, 4, 5, 6],
            Recorder.Decode($$$"""{{{{Common}}},"resultset":[{"error":{}},{"subid":1,"error":{}},{"subid":4,"error":{}},{"subid":4,"error":{}},{"subid":-3,"error":{}}]}""")
                .Observations.Select(each => each.Sub));

    [Fact]
    public void Elements_that_are_none_are_counted_and_the_others_stay()
    {
        var recorder = Recorder.Decode($$$"""{{{{Common}}},"resultset":[7,{"subid":2,"error":{"timeout":1}},{"subid":3}]}""");
        Assert.Equal([2], recorder.Observations.Select(each => each.Sub));
        Assert.Equal([RejectionReasons.BadResult, RejectionReasons.NoResult], recorder.Reasons);
    }

    [Fact]
    public void Elements_that_firmware_4580_sent_one_by_one_keep_their_number() =>
        Assert.Equal(2, Recorder.One($$$"""{{{{Common}}},"fw":"4580","subid":2,"submax":3,"error":{"timeout":5000}}""").Sub);

    [Theory]
    [InlineData("""[{"TYPE":"TXT","NAME":"id.server","RDATA":["ns1","-fmt"]}]""", "ns1-fmt")]
    [InlineData("""[{"TYPE":"TXT","NAME":"id.server","RDATA":"ns1"}]""", "ns1")]
    [InlineData("""[{"RDATA":["ns1"],"TYPE":16}]""", "ns1")]
    [InlineData("""[{"TYPE":"SOA","MNAME":"a.example."},{"TYPE":"TXT","RDATA":["second"]}]""", "second")]
    [InlineData("""[{"TYPE":"TXT","RDATA":["a\\034b\\092c\\195\\188"]}]""", "a\"b\\cü")]
    [InlineData("""[{"TYPE":"TXT","RDATA":["\\255\\000"]}]""", "\\xff")]
    [InlineData("""[{"TYPE":"TXT","RDATA":["Here be ÿ dragons!"]}]""", "Here be ÿ dragons!")]
    [InlineData("""[{"TYPE":"TXT","RDATA":[""]}]""", null)]
    [InlineData("""[{"TYPE":"TXT"}]""", null)]
    [InlineData("""[{"RDLENGTH":4,"TYPE":1}]""", null)]
    [InlineData("[]", null)]
    [InlineData("7", null)]
    public void Without_message_the_printed_answers_have_the_identity(string answers, string? identity) =>
        Assert.Equal(identity, Recorder.One($$$"""{{{{Common}}},"result":{"rt":1.5,"answers":{{{answers}}}}}""").Identity);

    [Fact]
    public void With_a_message_the_printed_answers_do_not_count()
    {
        var observation = Answer(Message(rcode: 5), ""","answers":[{"TYPE":"TXT","RDATA":["printed"]}]""");
        Assert.Equal((null, 5), (observation.Identity, observation.Rcode));
    }

    [Fact]
    public void Several_strings_of_a_record_are_joined_and_only_the_first_record_counts() =>
        Assert.Equal("ns1.fmt", Answer(Message(Record(16, 3, [3, .. "ns1"u8, 4, .. ".fmt"u8]), Record(16, 3, [5, .. "other"u8]))).Identity);

    [Fact]
    public void A_txt_of_class_in_for_a_chaos_question_is_a_txt() => Assert.Equal("box", Answer(Message(Record(16, 1, [3, .. "box"u8]))).Identity);

    [Fact]
    public void A_site_in_a_cname_is_no_identity() => Assert.Null(Answer(Message(Record(5, 1, [3, .. "mia"u8, 0]))).Identity);

    [Theory]
    [InlineData(" \tns1 \r\n", "ns1")]
    [InlineData("n\u0000s\u001b[31m1\u007f\u0085", "ns[31m1")]
    [InlineData("NS1.Fmt", "NS1.Fmt")]
    [InlineData(" \u0000 ", null)]
    [InlineData("\u00a0a\u2003", "a")]
    public void Identities_are_trimmed_and_lose_what_controls_terminals(string text, string? identity)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(identity, Answer(Message(Record(16, 3, [(byte)bytes.Length, .. bytes]))).Identity);
    }

    [Fact]
    public void Identities_are_cut_at_1024_characters_and_never_through_one()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'a', 1023), .. "\U0001F600"u8, .. Enumerable.Repeat((byte)'b', 60_000)];
        var strings = text.Chunk(255).SelectMany(chunk => (byte[])[(byte)chunk.Length, .. chunk]).ToArray();
        Assert.Equal(new string('a', 1023), Answer(Message(Record(16, 3, strings))).Identity);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_shown_as_numbers()
    {
        Assert.Equal("a\\xff\\xc3b", Answer(Message(Record(16, 3, [4, (byte)'a', 0xFF, 0xC3, (byte)'b']))).Identity);
        Assert.Equal("\\xfe\\xad", Answer(Message(additional: Nsid([0xFE, 0xAD]))).Nsid);
    }

    [Fact]
    public void The_nsid_is_found_among_other_options_and_records()
    {
        byte[] options = [0, 10, 0, 2, 1, 2, 0, 3, 0, 4, .. "fmt1"u8];
        var observation = Answer(Message([Record(16, 3, [1, (byte)'x'])], [.. Record(1, 1, [192, 0, 2, 1]), .. Opt(options)], additionals: 2));
        Assert.Equal(("x", "fmt1"), (observation.Identity, observation.Nsid));
        Assert.Null(Answer(Message(additional: Nsid([]))).Nsid);
    }

    [Theory]
    [InlineData(0, "NOERROR")]
    [InlineData(1, "FORMERR")]
    [InlineData(2, "SERVFAIL")]
    [InlineData(3, "NXDOMAIN")]
    [InlineData(4, "NOTIMP")]
    [InlineData(5, "REFUSED")]
    [InlineData(6, "YXDOMAIN")]
    [InlineData(15, "15")]
    public void Rcodes_have_their_mnemonics(int rcode, string name)
    {
        Assert.Equal(rcode, Answer(Message(rcode: (byte)rcode)).Rcode);
        Assert.Equal(name, Rcodes.Name(rcode));
    }

    [Fact]
    public void Questions_are_lower_case_without_final_dot_and_odd_bytes_are_escaped()
    {
        Assert.Equal("hostname.bind", Answer(Message(question: [8, .. "HOSTname"u8, 4, .. "Bind"u8, 0])).Query);
        Assert.Equal(".", Answer(Message(question: [0])).Query);
        Assert.Equal("a\\.b\\000\\255", Answer(Message(question: [5, (byte)'a', (byte)'.', (byte)'b', 0, 255, 0])).Query);
        Assert.Equal("10310.example", Recorder.One($$$"""{{{{Common}}},"error":{"timeout":1},"qbuf":"{{{Convert.ToBase64String(Message(question: [5, .. "10310"u8, 7, .. "example"u8, 0]))}}}"}""").Query);
    }

    [Fact]
    public void However_short_or_false_a_message_is_it_is_an_answer()
    {
        var whole = Message([Record(16, 3, [3, .. "ns1"u8])], Nsid("fmt"u8), additionals: 1);
        for (var length = 1; length <= whole.Length; length++)
        {
            var observation = Answer(whole[..length]);
            Assert.Equal(Outcome.Answered, observation.Outcome);
            Assert.Equal(length < 4 ? -1 : 0, observation.Rcode);
            Assert.True(observation.Identity is null or "ns1");
            Assert.True(observation.Nsid is null or "fmt");
        }

        // A name that points at itself, one that points nowhere, a label that is too long, counts of 65,535.
        Assert.Null(Answer(Message(question: [0xC0, 12])).Query);
        Assert.Null(Answer(Message(question: [0xFF, 0xFF])).Query);
        Assert.Null(Answer(Message(question: [0x40, 0])).Query);
        Assert.Equal(0, Answer([0, 1, 0x80, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).Rcode);
        Assert.Null(Answer(Message(Record(16, 3, [9, .. "ns1"u8]))).Identity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!!")]
    [InlineData("AAA")]
    public void A_message_that_is_none_is_an_answer(string base64)
    {
        var observation = Recorder.One($$$"""{{{{Common}}},"result":{"rt":1.5,"abuf":"{{{base64}}}"}}""");
        Assert.Equal((Outcome.Answered, -1, null), (observation.Outcome, observation.Rcode, observation.Query));
    }

    [Fact]
    public void Escaped_slashes_and_missing_padding_do_not_harm_a_message()
    {
        byte[] message = Message(Record(16, 3, [4, .. "ns?>"u8]), Record(1, 1, [255, 255, 255, 255]));
        var base64 = Convert.ToBase64String(message);
        Assert.Contains('/', base64);
        Assert.Equal("ns?>", Recorder.One($$$"""{{{{Common}}},"result":{"rt":1,"abuf":"{{{base64.Replace("/", "\\/", StringComparison.Ordinal)}}}"}}""").Identity);
        Assert.Equal("ns?>", Recorder.One($$$"""{{{{Common}}},"result":{"rt":1,"abuf":"{{{base64.TrimEnd('=')}}}"}}""").Identity);
    }

    [Theory]
    [InlineData("{\"af\":6,\"pf\":4,\"dst_addr\":\"192.0.2.1\",", 6, "192.0.2.1")]
    [InlineData("{\"pf\":6,\"addr\":\"2001:db8::1\",", 6, "2001:db8::1")]
    [InlineData("{\"dst_addr\":\"2001:db8::1\",", 6, "2001:db8::1")]
    [InlineData("{\"dst_addr\":\"192.0.2.1\",", 4, "192.0.2.1")]
    [InlineData("{\"dst_name\":\"ns1.example\",", 0, "ns1.example")]
    [InlineData("{\"name\":\"ns1.example\",\"dst_name\":\"ns2.example\",", 0, "ns2.example")]
    [InlineData("{\"dst_addr\":\"\",\"name\":\"ns1.example\",\"af\":\"4\",", 4, "ns1.example")]
    [InlineData("{\"from\":\"\",", 0, null)]
    [InlineData("{\"from\":null,\"af\":null,", 0, null)]
    public void Target_and_family_go_by_many_names(string start, int family, string? target)
    {
        var observation = Recorder.One($$$"""{{{start}}}{{{Common}}},"error":{"timeout":5000}}""");
        Assert.Equal((family, target), (observation.Family, observation.Target));
        Assert.Null(observation.From);
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("\"1.5\"", 1.5)]
    [InlineData("15e-1", 1.5)]
    [InlineData("38.576999999999998", 38.577)]
    [InlineData("0", 0)]
    [InlineData("0.1", 0.1)]
    [InlineData("2", 2)]
    [InlineData("null", double.NaN)]
    public void Numbers_may_be_written_in_any_form(string written, double rtt) =>
        Assert.Equal(rtt, Recorder.One($$$"""{{{{Common}}},"result":{"rt":{{{written}}},"size":12}}""").RttMs);

    [Theory]
    [InlineData("{}", RejectionReasons.UnknownKind)]
    [InlineData("""{"type":"traceroute","msm_id":1,"prb_id":1,"timestamp":1}""", RejectionReasons.UnknownKind)]
    [InlineData("""{"type":"dns","prb_id":1,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoMeasurement)]
    [InlineData("""{"type":"dns","msm_id":0,"prb_id":1,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoMeasurement)]
    [InlineData("""{"type":"dns","msm_id":1e300,"prb_id":1,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoMeasurement)]
    [InlineData("""{"type":"dns","msm_id":1.5,"prb_id":1,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoMeasurement)]
    [InlineData("""{"type":"dns","msm_id":1,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoProbe)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":4294967296,"timestamp":1,"result":{"rt":1}}""", RejectionReasons.NoProbe)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"result":{"rt":1}}""", RejectionReasons.NoTime)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":-5,"result":{"rt":1}}""", RejectionReasons.NoTime)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1e15,"result":{"rt":1}}""", RejectionReasons.NoTime)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1}""", RejectionReasons.NoResult)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{}}""", RejectionReasons.NoResult)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"resultset":[]}""", RejectionReasons.NoResult)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":[{"rtt":1}]}""", RejectionReasons.BadResult)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{"rt":-1}}""", RejectionReasons.BadRtt)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{"rt":1e400}}""", RejectionReasons.BadRtt)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{"rt":"NaN"}}""", RejectionReasons.BadRtt)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{"rt":NaN}}""", RejectionReasons.BadJson)]
    [InlineData("""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":1,"result":{"rt":1}""", RejectionReasons.BadJson)]
    [InlineData("", RejectionReasons.BadJson)]
    public void Whatever_is_no_observation_says_why(string result, string reason) => Assert.Equal(reason, Recorder.Rejected(result));

    [Fact]
    public void Nesting_has_a_limit_and_endless_nesting_is_no_crash()
    {
        Assert.Equal(Outcome.Answered, Recorder.One($$$"""{{{{Common}}},"x":{{{new string('[', 63)}}}{{{new string(']', 63)}}},"result":{"rt":1}}""").Outcome);
        Assert.Equal(RejectionReasons.BadJson, Recorder.Rejected($$$"""{{{{Common}}},"x":{{{new string('[', 64)}}}{{{new string(']', 64)}}},"result":{"rt":1}}"""));
        Assert.Equal(RejectionReasons.BadJson, Recorder.Rejected("{\"x\":" + new string('[', 3_000_000)));
    }

    [Fact]
    public void Equal_texts_are_one_string()
    {
        var recorder = new Recorder();
        var decoder = new ResultDecoder();
        for (var round = 0; round < 2; round++)
        {
            decoder.Decode(Encoding.UTF8.GetBytes($$$"""{{{{Common}}},"dst_addr":"192.0.2.1","error":{"odd":1}}"""), recorder);
        }

        Assert.Same(recorder.Observations[0].Target, recorder.Observations[1].Target);
        Assert.Same(recorder.Observations[0].Reason, recorder.Observations[1].Reason);
    }

    private static Observation Answer(byte[] message, string more = "") =>
        Recorder.One($$$"""{{{{Common}}},"result":{"rt":1.5,"abuf":"{{{Convert.ToBase64String(message)}}}"{{{more}}}}}""");

    private static byte[] Message(params byte[][] answers) => Message(answers, [], 0);

    private static byte[] Message(byte rcode = 0, byte[]? question = null, byte[]? additional = null) =>
        Message([], additional ?? [], additional is null ? 0 : 1, rcode, question);

    private static byte[] Message(byte[][] answers, ReadOnlySpan<byte> additional, int additionals, byte rcode = 0, byte[]? question = null) =>
    [
        0, 1, 0x84, rcode, 0, 1, 0, (byte)answers.Length, 0, 0, 0, (byte)additionals,
        .. question ?? [2, .. "id"u8, 6, .. "server"u8, 0], 0, 16, 0, 3, .. answers.SelectMany(answer => answer), .. additional,
    ];

    private static byte[] Record(byte type, byte recordClass, byte[] data) =>
        [0xC0, 12, 0, type, 0, recordClass, 0, 0, 0, 0, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    private static byte[] Opt(ReadOnlySpan<byte> options) => [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, (byte)options.Length, .. options];

    private static byte[] Nsid(ReadOnlySpan<byte> nsid) => Opt([0, 3, 0, (byte)nsid.Length, .. nsid]);
}
