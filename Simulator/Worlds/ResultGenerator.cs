using System.Collections.Concurrent;
using System.Globalization;
using Collector.Geography;
using Collector.Results;

namespace Simulator.Worlds;

/// <summary>Makes the results of one measurement, as Atlas would deliver them.</summary>
/// <remarks>
/// Every result is a function of the world, the measurement's definition, the probe and the round: nothing is stored, and the same window
/// gives the same bytes. Texts that do not change from round to round are made once a probe or once an answer; a result is five such pieces
/// with numbers between them. Orders of members follow the firmware: recent downloads keep the probe's own order, old ones are alphabetical.
/// </remarks>
internal sealed class ResultGenerator
{
    private const int MaximumSend = 30;

    private static readonly string[][] ControlCities =
    [
        ["Amsterdam", "London", "Frankfurt", "Milan", "Athens", "Miami", "Ashburn", "Tokyo", "Singapore", "Johannesburg", "Sao Paulo", "Moscow", "Delhi", "Brisbane", "Tehran", "Dubai", "Kyiv", "Buenos Aires"],
        ["Los Angeles", "Dallas", "New York", "Seattle", "London", "Paris", "Prague", "Hamburg", "Madrid", "Singapore", "Hong Kong", "Tokyo", "Sydney", "Auckland", "Nairobi", "Cape Town", "Sao Paulo", "Santiago", "Istanbul", "Mumbai", "Stockholm", "Warsaw", "Cairo", "Lagos"],
    ];

    private static readonly GeoPoint[][] ControlPlaces = [.. ControlCities.Select(cities =>
        cities.Select(name => CityTable.Countries.SelectMany(country => country.Cities).First(city => city.Name == name).Position).ToArray())];

    private readonly World world;
    private readonly SimulatedMeasurement measurement;
    private readonly ulong key;
    private readonly int ourTarget;
    private readonly int unicastPop;
    private readonly int control;
    private readonly Pieces?[] pieces;
    private readonly DnsAnswer[,,] genuine; // [pop, server, 0: NSID kept, 1: stripped]
    private readonly (ServerIncident Incident, DnsAnswer Answer)[] incidents = [];
    private readonly DnsAnswer broken;
    private readonly ConcurrentDictionary<string, DnsAnswer> boxes = new();

    public ResultGenerator(World world, SimulatedMeasurement measurement)
    {
        this.world = world;
        this.measurement = measurement;
        (ourTarget, unicastPop, control) = SimulatedMeasurement.Meaning(measurement.Address);
        pieces = new Pieces?[world.Probes.Count];
        key = Mix.Of(world.Key, (ulong)measurement.Kind, (ulong)((measurement.Family * 100) + ourTarget + (control * 10)),
            measurement.Query.Aggregate(0UL, (hash, letter) => Mix.Of(hash, letter)));
        genuine = new DnsAnswer[SimulatedNetwork.PopCodes.Count, 4, 2];
        broken = Answer(null, null, 2);
        if (measurement.Kind == MeasurementKind.Dns && ourTarget >= 0)
        {
            for (var pop = 0; pop < SimulatedNetwork.PopCodes.Count; pop++)
            {
                for (var server = 1; server <= SimulatedNetwork.Servers(pop); server++)
                {
                    genuine[pop, server, 0] = Genuine(SimulatedNetwork.Identity(ourTarget, pop, server), SimulatedNetwork.Nsid(pop, server), 0);
                    genuine[pop, server, 1] = Genuine(SimulatedNetwork.Identity(ourTarget, pop, server), null, 0);
                }
            }

            incidents = [.. world.Incidents.Where(incident => incident.Target == ourTarget)
                .Select(incident => (incident, Genuine(incident.Identity, incident.Nsid, incident.Rcode)))];
        }
    }

    private bool AsksIdentity => measurement is { QueryClass: "CHAOS", QueryType: "TXT", Query: "id.server" or "hostname.bind" };

    private bool AsksVersion => measurement is { QueryClass: "CHAOS", QueryType: "TXT", Query: "version.bind" or "version.server" };

    /// <summary>Appends the results of one participant whose time stamps lie in a window.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="participant">The probe and the time of its participation.</param>
    /// <param name="from">First second of the window, by the probe's clock.</param>
    /// <param name="to">Last second of the window, by the probe's clock.</param>
    /// <param name="now">What is stored later does not exist yet.</param>
    /// <param name="separator">Behind each result: a line end, or a comma.</param>
    /// <param name="after">What was stored by then is left out.</param>
    /// <returns>How many.</returns>
    public int Write(ByteText text, (int Probe, long From, long To) participant, long from, long to, long now, byte separator, long after = long.MinValue)
    {
        var probe = world.Probes[participant.Probe];
        var offset = probe.ClockOffsetSeconds;

        // A clock that is years off would put its results where nobody looks; Atlas knows when they came.
        var byArrival = Math.Abs(offset) >= 86400;
        var first = (byArrival ? from - (3 * 86400) : from - offset) - MaximumSend;
        var last = (byArrival ? to : to - offset) + MaximumSend;
        first = Math.Max(first, Math.Max(participant.From, measurement.Start));
        last = Math.Min(last, Math.Min(participant.To, measurement.Stop ?? long.MaxValue) - 1);
        if (last < first)
        {
            return 0;
        }

        var pieces = this.pieces[participant.Probe] ??= new Pieces(probe, measurement);
        var phase = measurement.Start + Mix.Below(Mix.Of(key, probe.Key), measurement.Spread);
        var interval = measurement.IsOneOff ? long.MaxValue / 4 : measurement.IntervalSeconds;
        var round = measurement.IsOneOff ? 0 : Math.Max(0, ((first - phase) / interval) - 1);
        var way = default(Way);
        var count = 0;
        for (var scheduled = phase + (round * interval); scheduled <= last; scheduled += interval)
        {
            var hash = Mix.Of(key ^ probe.Key, (ulong)scheduled);
            var at = scheduled + Mix.Below(hash, 3);
            var shown = at + offset;
            if (at < participant.From || at >= participant.To || at >= measurement.Stop)
            {
                continue;
            }

            var stored = StoredAt(probe, at, hash);
            var place = byArrival ? stored : shown;
            if (place < from || place > to || stored > now || stored <= after || stored < 0)
            {
                if (measurement.IsOneOff)
                {
                    break;
                }

                continue;
            }

            Follow(ref way, probe, at);
            var start = text.Length;
            text.Add(pieces.Head);
            text.Number(SecondsSinceSync(probe, hash));
            if (pieces.CannotSend)
            {
                text.Add(pieces.NoSocket);
                if (measurement.Kind == MeasurementKind.Dns)
                {
                    text.Add("\"error\":{\"socket\":\"connect failed Network is unreachable\"}"u8);
                }
                else
                {
                    text.Add("\"size\":0,\"result\":[{\"error\":\"connect failed: Network is unreachable\"}],\"dup\":0,\"rcvd\":0,\"sent\":0,\"min\":-1,\"max\":-1,\"avg\":-1"u8);
                }
            }
            else
            {
                text.Add(pieces.Middle);
                if (measurement.Kind == MeasurementKind.Dns)
                {
                    WriteDns(text, probe, pieces, way, at, hash);
                }
                else
                {
                    WritePing(text, probe, pieces, way, at, hash);
                }
            }

            text.Add(pieces.BeforeFirstTime);
            text.Number(pieces.Alphabetical ? stored : shown);
            text.Add(pieces.BeforeSecondTime);
            text.Number(pieces.Alphabetical ? shown : stored);
            text.Add(pieces.End);
            text.Add(separator);
            count++;
            if (Mix.PerMillion(Mix.Of(hash, 0xD0), 1500))
            {
                // Delivered twice, as happens in real downloads after a hiccup of the probe.
                text.Repeat(start);
                count++;
            }

            if (measurement.IsOneOff)
            {
                break;
            }
        }

        return count;
    }

    private void WriteDns(ByteText text, SimulatedProbe probe, Pieces pieces, Way way, long at, ulong hash)
    {
        DnsAnswer answer;
        int micros;
        var noise = Mix.Of(hash, 1);
        if (probe.IsHallucinating && ourTarget >= 0 && Mix.PerMillion(Mix.Of(hash, 0xA1), 400_000))
        {
            answer = genuine[probe.Hallucination, 1, 0];
            micros = 300 + Mix.Below(noise, 1200);
        }
        else if (way.Pop < 0 || way.DnsBlocked || Mix.PerMillion(Mix.Of(hash, 2), probe.LossPerMillion + way.LossPerMillion))
        {
            text.Add(pieces.Timeout);
            return;
        }
        else if (World.IsIntercepted(probe, measurement.Family))
        {
            answer = boxes.GetOrAdd(probe.Interceptor!, Box);
            micros = 400 + probe.LastMileMicros + Mix.Tail(noise, probe.JitterMicros);
        }
        else
        {
            answer = ourTarget < 0 ? broken : Served(probe, way.Pop, at, hash);
            micros = way.Micros + 150 + Mix.Tail(noise, probe.JitterMicros) + Spike(hash);
        }

        if (pieces.Ttl.Length > 0)
        {
            text.Add(pieces.Ttl);
        }

        text.Add("\"result\":{\"rt\":"u8);
        text.Fixed(micros, 3);
        text.Add(answer.BeforeId);
        var id = (ushort)(noise >> 40);
        if (answer.Rest.Length > 0)
        {
            answer.WriteId(text, id);
            text.Add(answer.Rest);
        }

        text.Number(id);
        text.Add(pieces.OldAnswers ? answer.TailOfOldFirmware : answer.Tail);
    }

    private DnsAnswer Served(SimulatedProbe probe, int pop, long at, ulong hash)
    {
        // Flows mostly stick to a server of the PoP; some take another one.
        var draw = Mix.Of(hash, 3);
        var server = 1 + Mix.Below(Mix.PerMillion(draw, 120_000) ? Mix.Of(draw, 4) : Mix.Of(probe.Key, (ulong)pop), SimulatedNetwork.Servers(pop));
        foreach (var (incident, answer) in incidents)
        {
            if (incident.Pop == pop && incident.Server == server && incident.From <= at && at < incident.To)
            {
                return answer;
            }
        }

        return Mix.PerMillion(Mix.Of(draw, 5), 500) ? broken : genuine[pop, server, probe.StripsNsid ? 1 : 0];
    }

    private void WritePing(ByteText text, SimulatedProbe probe, Pieces pieces, Way way, long at, ulong hash)
    {
        var invented = probe.IsHallucinating && ourTarget >= 0 && Mix.PerMillion(Mix.Of(hash, 0xA1), 400_000);
        var lost = way.Pop < 0 && !invented;
        var received = 0;
        long sum = 0;
        var minimum = long.MaxValue;
        long maximum = 0;
        Span<long> packets = stackalloc long[16];
        var spike = Spike(hash);
        for (var packet = 0; packet < measurement.Packets; packet++)
        {
            var noise = Mix.Of(hash, 10 + (ulong)packet);
            packets[packet] = -1;
            if (lost || Mix.PerMillion(Mix.Of(noise, 2), probe.LossPerMillion + way.LossPerMillion))
            {
                continue;
            }

            long nanos = invented ? 300_000 + Mix.Below(noise, 1_500_000)
                : ((way.Micros + Mix.Tail(noise, probe.JitterMicros) + (packet == 0 ? spike : 0)) * 1000L) + (long)((noise >> 20) % 1000);
            if (pieces.OldAnswers)
            {
                nanos -= nanos % 1000;
            }

            packets[packet] = nanos;
            received++;
            sum += nanos;
            minimum = Math.Min(minimum, nanos);
            maximum = Math.Max(maximum, nanos);
        }

        var duplicates = 0;
        var duplicate = received > 0 && Mix.PerMillion(Mix.Of(hash, 7), 2000);
        text.Add(received > 0 ? pieces.PingHead : pieces.PingHeadOfSilence);
        for (var packet = 0; packet < measurement.Packets; packet++)
        {
            if (packet > 0)
            {
                text.Add((byte)',');
            }

            if (packets[packet] < 0)
            {
                text.Add("{\"x\":\"*\"}"u8);
                continue;
            }

            text.Add("{\"rtt\":"u8);
            text.Fixed(packets[packet], 6);
            text.Add((byte)'}');
            if (duplicate)
            {
                // A second reply to the same packet: one item more than was sent.
                text.Add(",{\"rtt\":"u8);
                text.Fixed(packets[packet] + 35_000, 6);
                text.Add(",\"dup\":1}"u8);
                duplicate = false;
                duplicates = 1;
            }
        }

        text.Add("],\"dup\":"u8);
        text.Number(duplicates);
        text.Add(",\"rcvd\":"u8);
        text.Number(received);
        text.Add(",\"sent\":"u8);
        text.Number(measurement.Packets);
        if (received == 0)
        {
            text.Add(",\"min\":-1,\"max\":-1,\"avg\":-1"u8);
            return;
        }

        text.Add(",\"min\":"u8);
        text.Fixed(minimum, 6);
        text.Add(",\"max\":"u8);
        text.Fixed(maximum, 6);
        text.Add(",\"avg\":"u8);
        text.Fixed(((sum * 10_000) + (received / 2)) / received, 10);
    }

    /// <summary>Bufferbloat: once in a while something waits.</summary>
    private static int Spike(ulong hash) => Mix.PerMillion(Mix.Of(hash, 8), 6000) ? 10_000 + Mix.Tail(Mix.Of(hash, 9), 40_000) : 0;

    private static long SecondsSinceSync(SimulatedProbe probe, ulong hash) =>
        probe.ClockOffsetSeconds == 0 ? Mix.Tail(Mix.Of(hash, 6), 35) : (probe.Key & 1) == 0 ? -1 : 200_000 + Math.Abs(probe.ClockOffsetSeconds % 86_400);

    /// <summary>When Atlas stores a result; −1: never.</summary>
    private static long StoredAt(SimulatedProbe probe, long at, ulong hash)
    {
        var delay = Mix.Of(hash, 20);
        var stored = at + 2 + Mix.Below(delay, 118);
        if (probe.Late)
        {
            stored += 7200 + Mix.Below(Mix.Of(delay, 1), 24 * 3600);
        }
        else if (Mix.PerMillion(Mix.Of(delay, 2), 2500))
        {
            stored += 3600 + Mix.Below(Mix.Of(delay, 3), 8 * 3600);
        }

        foreach (var (from, to, isLost) in probe.Outages)
        {
            if (at >= from && at < to)
            {
                return isLost ? -1 : Math.Max(stored, to + 5 + Mix.Below(Mix.Of(delay, 4), 300));
            }
        }

        return stored;
    }

    /// <summary>What holds for a while on the way from a probe to the target.</summary>
    private struct Way
    {
        public bool Known;
        public int Epoch;
        public bool Other;
        public int RoutePop;
        public int RouteMicros;

        /// <summary>The PoP reached, or a number from 0 for other destinations; −1: nobody.</summary>
        public int Pop;

        public int Micros;
        public int LossPerMillion;
        public bool DnsBlocked;
    }

    private void Follow(ref Way way, SimulatedProbe probe, long at)
    {
        if (ourTarget >= 0)
        {
            var epoch = way.Known && !MovedOn(way.Epoch, at) ? way.Epoch : world.EpochAt(at);
            var other = World.TakesOtherWay(probe, ourTarget, measurement.Family, at);
            if (!way.Known || epoch != way.Epoch || other != way.Other)
            {
                var route = world.Route(other ? probe.OtherNode : probe.Node, ourTarget, measurement.Family, epoch);
                way = new Way { Known = true, Epoch = epoch, Other = other, RoutePop = route.Pop, RouteMicros = route.Pop < 0 ? 0 : world.RouteMicros(probe, route) };
            }

            way.Pop = world.IsConverging(probe, ourTarget, measurement.Family, epoch, at) ? -1 : way.RoutePop;
        }
        else if (!way.Known)
        {
            way = new Way { Known = true };
            if (unicastPop >= 0 || control >= 0)
            {
                var places = control >= 0 ? ControlPlaces[control] : [SimulatedNetwork.PopPositions[unicastPop]];
                var km = places.Min(place => Topology.Km(probe.Position, place)) + 5;
                way.RouteMicros = (int)(km * 10142L * 1350 / 1_000_000) + 1500;
                way.RoutePop = 0;
            }
            else
            {
                way.RoutePop = -1;
            }
        }

        if (ourTarget < 0)
        {
            way.Pop = way.RoutePop;
        }

        way.Micros = way.RouteMicros + probe.LastMileMicros;
        way.LossPerMillion = 0;
        way.DnsBlocked = false;
        foreach (var overlay in probe.Overlays)
        {
            if (!overlay.Concerns(ourTarget, measurement.Family) || !overlay.Holds(at))
            {
                continue;
            }

            switch (overlay.Kind)
            {
                case OverlayKind.BlackHole or OverlayKind.Outage:
                    way.Pop = -1;
                    break;
                case OverlayKind.DnsBlocked:
                    way.DnsBlocked = true;
                    break;
                case OverlayKind.Delay:
                    way.Micros += overlay.Amount;
                    break;
                case OverlayKind.EveningDelay:
                    way.Micros += Evening(probe, at, overlay.Amount);
                    break;
                case OverlayKind.Loss:
                    way.LossPerMillion += overlay.Amount;
                    break;
            }
        }
    }

    private bool MovedOn(int epoch, long at) => epoch + 1 < world.Epochs.Count && world.Epochs[epoch + 1].From <= at;

    /// <summary>Nothing until 18 h of local solar time, the whole amount at 21 h, nothing at midnight.</summary>
    private static int Evening(SimulatedProbe probe, long at, int amount)
    {
        var second = (at + (long)(probe.Position.LongitudeDegrees * 240) + 86400) % 86400;
        var distance = Math.Abs(second - (21 * 3600));
        return distance >= 3 * 3600 ? 0 : (int)(amount * ((3 * 3600) - distance) / (3 * 3600));
    }

    private DnsAnswer Genuine(string? identity, string? nsid, int rcode) => AsksIdentity ? Answer(identity, nsid, rcode)
        : AsksVersion ? Answer("NSD 4.10.1", nsid, rcode)
        : Answer(null, nsid, 5);

    private DnsAnswer Answer(string? identity, string? nsid, int rcode) => DnsAnswer.Build(
        measurement.Query, measurement.QueryClass == "CHAOS" ? 3 : 1, identity, measurement.Nsid ? nsid : null, measurement.Nsid, rcode, authoritative: true, measurement.IncludeMessage);

    /// <summary>What a box says: its own name, or that it refuses, fails or does not implement that.</summary>
    private DnsAnswer Box(string name) => DnsAnswer.Build(
        measurement.Query, measurement.QueryClass == "CHAOS" ? 3 : 1,
        name.Length == 0 ? null : AsksVersion && name.StartsWith("gpdns", StringComparison.Ordinal) ? null : name, null, edns: false,
        name.Length == 0 ? 4 : 0, authoritative: false, measurement.IncludeMessage);

    /// <summary>The texts of one probe's results that stay the same.</summary>
    private sealed class Pieces
    {
        public Pieces(SimulatedProbe probe, SimulatedMeasurement measurement)
        {
            var dns = measurement.Kind == MeasurementKind.Dns;
            var v6 = measurement.Family == 6;
            CannotSend = v6 && (probe.AddressV6 is null || probe.BrokenIPv6);
            Alphabetical = probe.Firmware < 4800;
            OldAnswers = probe.Firmware < 4740;
            var firmware = probe.Firmware == 4570 ? "\"4570\"" : probe.Firmware.ToString(CultureInfo.InvariantCulture);
            var model = probe.ModelVersion is null ? "" : $"\"mver\":\"{probe.ModelVersion}\",";
            var address = measurement.Address?.ToString() ?? measurement.Target;
            var from = (v6 ? CannotSend ? "" : probe.AddressV6!.ToString() : probe.AddressV4.ToString()) ?? "";
            var source = v6 || probe.SourceV4.Length == 0 ? from : probe.SourceV4;
            var port = dns && probe.Firmware >= 4910 ? "\"dst_port\":\"53\"," : "";
            var group = measurement.GroupId is { } id ? string.Create(CultureInfo.InvariantCulture, $"\"group_id\":{id},") : "";
            var name = dns ? "Tdig" : "Ping";
            var type = dns ? "dns" : "ping";
            var protocol = dns ? measurement.Protocol : "ICMP";
            var destination = dns ? "" : $"\"dst_name\":\"{measurement.Target}\",";
            var step = dns ? "" : measurement.IsOneOff ? "\"step\":null," : string.Create(CultureInfo.InvariantCulture, $"\"step\":{measurement.IntervalSeconds},");
            var numbers = string.Create(CultureInfo.InvariantCulture, $"\"msm_id\":{measurement.Id},\"prb_id\":{probe.Id}");
            if (Alphabetical)
            {
                Head = ByteText.Utf8($"{{\"af\":{measurement.Family},\"dst_addr\":\"{address}\",{destination}\"from\":\"{from}\",\"fw\":{firmware},{group}\"lts\":");
                Middle = NoSocket = ByteText.Utf8($",\"msm_name\":\"{name}\",{numbers},\"proto\":\"{protocol}\",");
                BeforeFirstTime = ByteText.Utf8($",\"src_addr\":\"{source}\",{step}\"stored_timestamp\":");
                BeforeSecondTime = ByteText.Utf8(",\"timestamp\":");
                End = ByteText.Utf8($",\"type\":\"{type}\"}}");
            }
            else
            {
                Head = ByteText.Utf8($"{{\"fw\":{firmware},{model}\"lts\":");
                Middle = ByteText.Utf8(dns
                    ? $",\"dst_addr\":\"{address}\",{port}\"af\":{measurement.Family},\"src_addr\":\"{source}\",\"proto\":\"{protocol}\","
                    : $",{destination}\"af\":{measurement.Family},\"dst_addr\":\"{address}\",\"src_addr\":\"{source}\",\"proto\":\"{protocol}\",");
                NoSocket = ByteText.Utf8(dns ? $",\"dst_name\":\"{address}\",\"proto\":\"{protocol}\"," : $",{destination}\"af\":{measurement.Family},\"dst_addr\":\"{address}\",\"src_addr\":\"\",\"proto\":\"{protocol}\",");
                BeforeFirstTime = ByteText.Utf8($",{numbers},\"timestamp\":");
                BeforeSecondTime = ByteText.Utf8($",\"msm_name\":\"{name}\",\"from\":\"{from}\",\"type\":\"{type}\",{group}{step}\"stored_timestamp\":");
                End = "}"u8.ToArray();
            }

            Timeout = ByteText.Utf8(string.Create(CultureInfo.InvariantCulture, $"\"error\":{{\"timeout\":{measurement.TimeoutMs}}}"));
            var hops = 48 + Mix.Below(probe.Key, 14);
            Ttl = probe.Firmware >= 5080 ? ByteText.Utf8(string.Create(CultureInfo.InvariantCulture, $"\"ttl\":{hops},")) : [];
            PingHead = ByteText.Utf8(string.Create(CultureInfo.InvariantCulture, $"\"ttl\":{hops},\"size\":{measurement.Size},\"result\":["));
            PingHeadOfSilence = ByteText.Utf8(string.Create(CultureInfo.InvariantCulture, $"\"size\":{measurement.Size},\"result\":["));
        }

        public bool CannotSend { get; }

        public bool Alphabetical { get; }

        public bool OldAnswers { get; }

        public byte[] Head { get; }

        public byte[] Middle { get; }

        public byte[] NoSocket { get; }

        public byte[] BeforeFirstTime { get; }

        public byte[] BeforeSecondTime { get; }

        public byte[] End { get; }

        public byte[] Timeout { get; }

        public byte[] Ttl { get; }

        public byte[] PingHead { get; }

        public byte[] PingHeadOfSilence { get; }
    }
}
