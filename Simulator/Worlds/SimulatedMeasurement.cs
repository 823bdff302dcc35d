using System.Net;
using System.Net.Sockets;
using Collector.Results;

namespace Simulator.Worlds;

/// <summary>A measurement that somebody created in the simulator, or a built-in one.</summary>
internal sealed class SimulatedMeasurement
{
    public required long Id { get; init; }

    public required MeasurementKind Kind { get; init; }

    public required int Family { get; init; }

    /// <summary>The target as the creator wrote it.</summary>
    public required string Target { get; init; }

    public required IPAddress? Address { get; init; }

    public required int IntervalSeconds { get; init; }

    public int? SpreadSeconds { get; init; }

    public required long Created { get; init; }

    public required long Start { get; init; }

    /// <summary>First second after it; null while open-ended.</summary>
    public long? Stop { get; set; }

    public bool IsOneOff { get; init; }

    public bool IsPublic { get; set; } = true;

    public bool IsMine { get; init; } = true;

    /// <summary>Whether somebody stopped it.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Whether it was Atlas that stopped it.</summary>
    public bool IsForced { get; set; }

    public string Description { get; set; } = "";

    public List<string> Tags { get; } = [];

    public long? GroupId { get; init; }

    public int ProbesRequested { get; set; }

    /// <summary>Who takes part from when to when: index of the probe in the world, Unix seconds.</summary>
    public List<(int Probe, long From, long To)> Participants { get; } = [];

    // DNS
    public string Query { get; init; } = "";

    public string QueryClass { get; init; } = "CHAOS";

    public string QueryType { get; init; } = "TXT";

    public bool Nsid { get; init; }

    public bool IncludeMessage { get; init; } = true;

    public string Protocol { get; init; } = "UDP";

    public int PayloadSize { get; init; } = 512;

    public int Retry { get; init; }

    public int TimeoutMs { get; init; } = 5000;

    // Ping
    public int Packets { get; init; } = 3;

    public int Size { get; init; } = 48;

    /// <summary>Start times of probes are spread over so many seconds.</summary>
    public int Spread => Math.Max(1, SpreadSeconds ?? Math.Min(IntervalSeconds / 2, 400));

    public int CreditsPerResult => (IsOneOff ? 2 : 1) * (Kind == MeasurementKind.Dns ? (Protocol == "TCP" ? 20 : 10) : Packets * ((Size / 1500) + 1));

    public int Participating(long now) => Participants.Count(participant => participant.From <= now && now < participant.To);

    public long ResultsPerDay(long now) => IsOneOff ? Participating(now) : (long)Participating(now) * 86400 / IntervalSeconds;

    /// <summary>Whether it runs at a time.</summary>
    public bool IsRunning(long now) => !IsStopped && Start <= now && (Stop is null || Stop > now);

    /// <summary>What an address means in the simulated world: index of one of our targets, of the PoP whose unicast address it is, of a
    /// control; −1 where it is not.</summary>
    public static (int OurTarget, int UnicastPop, int Control) Meaning(IPAddress? address)
    {
        if (address is null)
        {
            return (-1, -1, -1);
        }

        var column = address.AddressFamily == AddressFamily.InterNetworkV6 ? 1 : 0;
        return (Find(SimulatedNetwork.TargetAddresses), Find(SimulatedNetwork.UnicastAddresses), Find(ControlAddresses));
        int Find(IReadOnlyList<IPAddress[]> rows) =>
            Enumerable.Range(0, rows.Count).FirstOrDefault(index => rows[index][column].Equals(address), -1);
    }

    /// <summary>K- and L-root, IPv4 and IPv6, which the built-in pings 1001, 2001, 1008 and 2008 go to.</summary>
    public static IReadOnlyList<IPAddress[]> ControlAddresses { get; } =
    [
        [IPAddress.Parse("193.0.14.129"), IPAddress.Parse("2001:7fd::1")],
        [IPAddress.Parse("199.7.83.42"), IPAddress.Parse("2001:500:9f::42")],
    ];
}
