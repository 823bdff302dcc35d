using System.Net;
using System.Text;
using System.Text.Json;
using ARSoft.Tools.Net.Dns;
using Collector.Geography;
using Collector.Results;
using Simulator.Worlds;
using Tests.Results;
using Xunit;
using DnsMessage = ARSoft.Tools.Net.Dns.DnsMessage;

namespace Tests.Simulator;

/// <summary>What the simulator makes is read by the decoder that real results are read by.</summary>
public sealed class ResultGeneratorTests
{
    private const long Day = 86400;

    private static readonly Lazy<World> Medium = new(() => World.Create(5, 300, 3));

    private static World World => Medium.Value;

    [Theory]
    [InlineData(MeasurementKind.Dns, 0, 4)]
    [InlineData(MeasurementKind.Dns, 2, 6)]
    [InlineData(MeasurementKind.Ping, 1, 4)]
    [InlineData(MeasurementKind.Ping, 0, 6)]
    public void Every_result_of_every_firmware_decodes(MeasurementKind kind, int target, int family)
    {
        var (observations, counts) = Decode(Measurement(kind, target, family), World.End - Day, World.End - 1);
        Assert.Empty(counts);
        Assert.True(observations.Count > 1500);
        Assert.All(observations, observation => Assert.Equal((kind, 100_000_001L), (observation.Kind, observation.Measurement)));
        Assert.All(observations, observation => Assert.InRange(observation.StoredAt, World.Start, World.End));
        Assert.Contains(observations, observation => observation.Firmware == 4680);
        Assert.Contains(observations, observation => observation.Firmware == 5120);
        Assert.Contains(observations, observation => observation.Outcome == Outcome.Unanswered);
    }

    [Fact]
    public void Answers_name_the_PoP_that_is_true()
    {
        // Thursday of the first week, when Ljubljana was withdrawn, and the second week's Wednesday without Tokyo.
        var (observations, _) = Decode(Measurement(MeasurementKind.Dns, 0, 4), World.Start + (3 * Day), World.Start + (4 * Day));
        observations.AddRange(Decode(Measurement(MeasurementKind.Dns, 0, 4), World.Start + (9 * Day), World.Start + (10 * Day)).Observations);
        var named = 0;
        foreach (var observation in observations)
        {
            var probe = World.Probe(observation.Probe)!;
            if (observation.Identity is not { } identity || probe.IsHallucinating || probe.Interceptor is not null || !identity.EndsWith(".example.net", StringComparison.Ordinal))
            {
                continue;
            }

            named++;
            var pop = World.TruePop(observation.Probe, "ns-a", 4, World.TrueTime(observation.Probe, observation.At));
            Assert.Equal(identity.Split('.')[1].ToUpperInvariant(), pop);
            if (observation.Nsid is { } nsid)
            {
                Assert.Equal(nsid.Split('-')[0].ToUpperInvariant(), pop);
            }
        }

        Assert.True(named > observations.Count * 0.85);
    }

    [Fact]
    public void Boxes_hallucinations_and_refusals_are_there()
    {
        var (observations, _) = Decode(Measurement(MeasurementKind.Dns, 1, 4), World.Start + (17 * Day), World.Start + (18 * Day));
        foreach (var probe in World.Probes.Where(probe => probe.Interceptor is { Length: > 0 }))
        {
            Assert.Contains(observations, observation => observation.Probe == probe.Id && observation.Identity == probe.Interceptor);
        }

        Assert.Contains(observations, observation => observation is { Rcode: 5, Identity: null, Nsid: "sin-1" });
        Assert.Contains(observations, observation => observation.Identity == "ip-10-3-0-17");
        var liar = World.Probes.First(probe => probe.IsHallucinating);
        Assert.Contains(observations, observation => observation.Probe == liar.Id && observation.RttMs < 2
            && observation.Identity == SimulatedNetwork.Identity(1, liar.Hallucination, 1));
    }

    [Fact]
    public void Only_probes_that_lie_are_faster_than_light()
    {
        foreach (var kind in new[] { MeasurementKind.Dns, MeasurementKind.Ping })
        {
            var (observations, _) = Decode(Measurement(kind, 0, 4), World.End - Day, World.End);
            foreach (var observation in observations.Where(observation => observation.Outcome == Outcome.Answered))
            {
                var probe = World.Probe(observation.Probe)!;
                var pop = World.TruePop(probe.Id, "ns-a", 4, World.TrueTime(probe.Id, observation.At));
                if (pop is not null && !probe.IsHallucinating)
                {
                    var place = SimulatedNetwork.PopPositions[SimulatedNetwork.PopCodes.ToList().IndexOf(pop)];
                    var rttMs = kind == MeasurementKind.Dns ? observation.RttMs : observation.RttMinMs;
                    Assert.True(rttMs >= GreatCircle.FibreRttMs(GreatCircle.DistanceKm(probe.Position, place)));
                }
            }
        }
    }

    [Fact]
    public void A_ping_adds_up()
    {
        var (observations, _) = Decode(Measurement(MeasurementKind.Ping, 0, 4), World.Start, World.Start + Day);
        foreach (var ping in observations)
        {
            Assert.Equal(3, ping.Sent);
            if (ping.Outcome == Outcome.Unanswered)
            {
                Assert.Equal((0, double.NaN), (ping.Received, ping.RttMinMs));
            }
            else
            {
                Assert.InRange(ping.Received, 1, 3);
                Assert.True(ping.RttMinMs <= ping.RttAvgMs && ping.RttAvgMs <= ping.RttMaxMs);
            }
        }

        Assert.Contains(observations, ping => ping.Duplicates == 1);
        Assert.Contains(observations, ping => ping.Received is 1 or 2);
    }

    [Fact]
    public void A_black_hole_swallows_ours_and_not_the_controls()
    {
        var hole = World.Events.First(truth => truth is { Check: "black-hole", Family: 4, Target: "ns-a" } && truth.Probes.Count >= 3 && truth.Detail.Contains("all three", StringComparison.Ordinal));
        var (ours, _) = Decode(Measurement(MeasurementKind.Ping, 0, 4), hole.From, hole.From + (2 * Day));
        Assert.All(ours.Where(ping => hole.Probes.Contains(ping.Probe)), ping => Assert.Equal(Outcome.Unanswered, ping.Outcome));
        var (controls, _) = Decode(Measurement(MeasurementKind.Ping, -1, 4, SimulatedMeasurement.ControlAddresses[0][0]), hole.From, hole.From + (2 * Day));
        Assert.All(hole.Probes, probe => Assert.Contains(controls, ping => ping.Probe == probe && ping.Outcome == Outcome.Answered));
    }

    [Fact]
    public void A_probe_without_IPv6_cannot_ask()
    {
        var (observations, _) = Decode(Measurement(MeasurementKind.Dns, 0, 6), World.Start, World.Start + 7200);
        var without = World.Probes.Where(probe => probe.AddressV6 is null).Select(probe => probe.Id).ToHashSet();
        var theirs = observations.Where(observation => without.Contains(observation.Probe)).ToList();
        Assert.NotEmpty(theirs);
        Assert.All(theirs, observation => Assert.Equal((Outcome.Failed, "socket"), (observation.Outcome, observation.Reason)));
    }

    [Fact]
    public void Some_results_are_delivered_twice_and_some_come_late()
    {
        var (observations, _) = Decode(Measurement(MeasurementKind.Dns, 0, 4), World.Start, World.Start + (2 * Day));
        var twice = observations.GroupBy(observation => (observation.Probe, observation.At)).Where(same => same.Count() > 1).ToList();
        Assert.NotEmpty(twice);
        Assert.All(twice, same => Assert.Single(same.Select(observation => observation.StoredAt).Distinct()));
        Assert.Contains(observations, observation => World.Probe(observation.Probe)!.ClockOffsetSeconds == 0 && observation.StoredAt - observation.At > 3600);
    }

    [Fact]
    public void Its_messages_are_read_by_others_as_by_our_decoder()
    {
        var answers = 0;
        foreach (var line in Lines(Measurement(MeasurementKind.Dns, 0, 4), World.Start, World.Start + Day))
        {
            using var json = JsonDocument.Parse(line);
            if (!json.RootElement.TryGetProperty("result", out var result) || !result.TryGetProperty("abuf", out var abuf))
            {
                continue;
            }

            var observation = Recorder.One(line);
            var message = DnsMessage.Parse(abuf.GetBytesFromBase64());
            Assert.Equal("id.server.", message.Questions.Single().Name.ToString());
            Assert.Equal(observation.Rcode, (int)message.ReturnCode);
            Assert.Equal(observation.Identity, message.AnswerRecords.OfType<TxtRecord>().SingleOrDefault()?.TextData);
            var nsid = message.EDnsOptions?.Options.OfType<NsIdOption>().SingleOrDefault()?.Payload;
            Assert.Equal(observation.Nsid, nsid is null ? null : Encoding.UTF8.GetString(nsid));
            answers++;
        }

        Assert.True(answers > 500, $"only {answers} answers");
    }

    private static SimulatedMeasurement Measurement(MeasurementKind kind, int target, int family, IPAddress? address = null)
    {
        address ??= SimulatedNetwork.TargetAddresses[target][family == 6 ? 1 : 0];
        var measurement = new SimulatedMeasurement
        {
            Id = 100_000_001,
            GroupId = 100_000_001,
            Kind = kind,
            Family = family,
            Target = address.ToString(),
            Address = address,
            IntervalSeconds = kind == MeasurementKind.Dns ? 3600 : 7200,
            Created = World.Start,
            Start = World.Start,
            Query = "id.server",
            Nsid = true,
        };
        measurement.Participants.AddRange(World.Probes.Select(probe => (probe.Index, long.MinValue, long.MaxValue)));
        return measurement;
    }

    private static string[] Lines(SimulatedMeasurement measurement, long from, long to) =>
        Encoding.UTF8.GetString(Results(measurement, from, to)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (List<Observation> Observations, Dictionary<string, int> Rejections) Decode(SimulatedMeasurement measurement, long from, long to)
    {
        var handler = new Collected();
        ResultReader.Read(Results(measurement, from, to), handler);
        return (handler.Observations, handler.Rejections);
    }

    private static byte[] Results(SimulatedMeasurement measurement, long from, long to)
    {
        var generator = new ResultGenerator(World, measurement);
        var text = new ByteText();
        foreach (var participant in measurement.Participants)
        {
            generator.Write(text, participant, from, to, World.End, (byte)'\n');
        }

        return text.Written.ToArray();
    }

    private sealed class Collected : IResultHandler
    {
        public List<Observation> Observations { get; } = [];

        public Dictionary<string, int> Rejections { get; } = [];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result) => Observations.Add(observation);

        public void Reject(string reason, ReadOnlySpan<byte> result) => Rejections[reason] = Rejections.GetValueOrDefault(reason) + 1;
    }
}
