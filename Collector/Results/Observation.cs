namespace Collector.Results;

/// <summary>What was asked of the probe.</summary>
public enum MeasurementKind : byte
{
    /// <summary>A DNS query.</summary>
    Dns = 1,

    /// <summary>ICMP echo requests.</summary>
    Ping = 2,
}

/// <summary>How an attempt ended. Silence carries no round-trip time; it never carries a zero one.</summary>
public enum Outcome : byte
{
    /// <summary>A response arrived, whatever its RCODE.</summary>
    Answered = 1,

    /// <summary>The question left the probe and nothing came back.</summary>
    Unanswered = 2,

    /// <summary>The probe could not ask; says nothing about the target.</summary>
    Failed = 3,
}

/// <summary>What one probe saw when it asked one target, once.</summary>
/// <remarks>
/// Millions of these flow, so this is a struct that the decoder fills and hands on by reference. Text members come from a
/// cache of the decoder: equal texts are mostly the same string. Absent numbers are NaN (milliseconds) or −1 (counts, codes).
/// </remarks>
public struct Observation
{
    /// <summary>DNS or ping.</summary>
    public MeasurementKind Kind { get; set; }

    /// <summary>Atlas' measurement id.</summary>
    public long Measurement { get; set; }

    /// <summary>Atlas' probe id.</summary>
    public int Probe { get; set; }

    /// <summary>Position in a resultset, from 1; 0 when the result is not a resultset.</summary>
    public int Sub { get; set; }

    /// <summary>When the probe asked, by its own clock: Unix seconds.</summary>
    public long At { get; set; }

    /// <summary>When Atlas stored the result: Unix seconds; 0 when it does not say.</summary>
    public long StoredAt { get; set; }

    /// <summary>4 or 6; 0 when the result does not say.</summary>
    public byte Family { get; set; }

    /// <summary>The address asked, or the name where no address was reached; null when the result says neither.</summary>
    public string? Target { get; set; }

    /// <summary>The probe's public address as Atlas saw it.</summary>
    public string? From { get; set; }

    /// <summary><c>udp</c>, <c>tcp</c>, <c>icmp</c>; null when the result does not say.</summary>
    public string? Protocol { get; set; }

    /// <summary>DNS: the name asked, lower case, without final dot; null when the result does not say.</summary>
    public string? Query { get; set; }

    /// <summary>DNS: the first TXT record of the answer, joined and normalised; null when there is none.</summary>
    public string? Identity { get; set; }

    /// <summary>DNS: the name server identifier of the OPT record (RFC 5001); null when there is none.</summary>
    public string? Nsid { get; set; }

    /// <summary>DNS: the header's RCODE, 0 to 15; −1 when unknown.</summary>
    public int Rcode { get; set; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; set; }

    /// <summary>Why it was not answered: the key of Atlas' error object, such as <c>timeout</c>; null when answered.</summary>
    public string? Reason { get; set; }

    /// <summary>DNS: round-trip time in milliseconds; NaN when there is none.</summary>
    public double RttMs { get; set; }

    /// <summary>Ping: fastest packet in milliseconds; NaN when there is none.</summary>
    public double RttMinMs { get; set; }

    /// <summary>Ping: mean in milliseconds; NaN when there is none.</summary>
    public double RttAvgMs { get; set; }

    /// <summary>Ping: slowest packet in milliseconds; NaN when there is none.</summary>
    public double RttMaxMs { get; set; }

    /// <summary>Ping: packets sent; −1 when unknown.</summary>
    public int Sent { get; set; }

    /// <summary>Ping: packets that came back, duplicates not counted; −1 when unknown.</summary>
    public int Received { get; set; }

    /// <summary>Ping: duplicates; −1 when unknown.</summary>
    public int Duplicates { get; set; }

    /// <summary>The probe's firmware; −1 when unknown.</summary>
    public int Firmware { get; set; }
}
