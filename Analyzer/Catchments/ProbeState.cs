namespace Analyzer.Catchments;

/// <summary>An answered round.</summary>
/// <param name="At">When it was asked, Unix seconds.</param>
/// <param name="Combination">Number of the identities it brought.</param>
/// <param name="Microseconds">Its fastest answer; −1: unknown.</param>
/// <param name="Judged">What its identities mean.</param>
internal readonly record struct AnsweredRound(long At, int Combination, int Microseconds, Judged Judged)
{
    /// <summary>Its fastest answer in milliseconds; NaN: unknown.</summary>
    public double RttMs => Microseconds < 0 ? double.NaN : Microseconds / 1000.0;
}

/// <summary>Answers to one question that were alike.</summary>
/// <param name="Measurement">Which of the DNS measurements asked.</param>
/// <param name="Rcode">Their code; −1: unknown; <see cref="AnswerManner.Silence"/>: none came.</param>
/// <param name="HasText">Whether they brought a text, or an NSID.</param>
internal readonly record struct MannerCount(int Measurement, int Rcode, bool HasText)
{
    /// <summary>The store's number of the first text, identity or NSID; 0: none.</summary>
    public int Text { get; init; }

    public int Answers { get; init; }

    public long FirstAt { get; init; }

    public long LastAt { get; init; }

    public bool IsOf(int measurement, int rcode, bool hasText) => Measurement == measurement && Rcode == rcode && HasText == hasText;
}

/// <summary>What was read of one probe, before anybody says what to believe.</summary>
internal sealed class ProbeState
{
    /// <summary>Atlas' probe id.</summary>
    public int Probe { get; set; }

    /// <summary>The answered DNS rounds, ascending by time.</summary>
    public List<AnsweredRound> Rounds { get; } = [];

    /// <summary>The fastest packet of each answered ping, milliseconds.</summary>
    public List<double> PingsMs { get; } = [];

    /// <summary>When DNS rounds left the probe that nobody answered; empty unless series are kept or somebody listens.</summary>
    public List<long> Unanswered { get; } = [];

    /// <summary>The pings one by one; empty unless series are kept or somebody listens.</summary>
    public List<PingRound> Pings { get; } = [];

    /// <summary>In which manners its questions were answered; empty unless series are kept.</summary>
    public List<MannerCount> Manners { get; } = [];

    /// <summary>DNS rounds that left the probe.</summary>
    public int DnsAsked { get; set; }

    /// <summary>Pings that left the probe.</summary>
    public int PingsAsked { get; set; }

    /// <summary>Pings of which a packet came back.</summary>
    public int PingsAnswered { get; set; }

    /// <summary>Packets of those pings of which both numbers are known.</summary>
    public long PacketsSent { get; set; }

    /// <summary>Those that came back.</summary>
    public long PacketsReceived { get; set; }

    /// <summary>Whether anything left the probe.</summary>
    public bool HasAsked => DnsAsked + PingsAsked > 0;

    /// <summary>Empties it for another probe.</summary>
    public void Clear(int probe)
    {
        Probe = probe;
        Rounds.Clear();
        PingsMs.Clear();
        Unanswered.Clear();
        Pings.Clear();
        Manners.Clear();
        DnsAsked = PingsAsked = PingsAnswered = 0;
        PacketsSent = PacketsReceived = 0;
    }
}
