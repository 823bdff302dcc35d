using Collector.Results;

namespace Collector.Store;

/// <summary>An observation as the store keeps it: numbers only, texts by their id in the store's text table.</summary>
/// <remarks>Round-trip times are whole microseconds, finer than any probe measures; −1 means there is none.</remarks>
public struct Sample
{
    /// <summary>Unix seconds by the probe's clock.</summary>
    public long At { get; set; }

    /// <summary>Position in a resultset, from 1; 0: none.</summary>
    public int Sub { get; set; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; set; }

    /// <summary>DNS round-trip time, or the fastest ping packet; microseconds, −1: none.</summary>
    public int RttMicroseconds { get; set; }

    /// <summary>Ping: mean; microseconds, −1: none.</summary>
    public int AverageMicroseconds { get; set; }

    /// <summary>Ping: slowest packet; microseconds, −1: none.</summary>
    public int MaximumMicroseconds { get; set; }

    /// <summary>Text id of the identity; 0: none.</summary>
    public int Identity { get; set; }

    /// <summary>Text id of the NSID; 0: none.</summary>
    public int Nsid { get; set; }

    /// <summary>Text id of the reason for silence or failure; 0: none.</summary>
    public int Reason { get; set; }

    /// <summary>DNS RCODE; −1: none.</summary>
    public int Rcode { get; set; }

    /// <summary>Ping packets sent; −1: unknown.</summary>
    public int Sent { get; set; }

    /// <summary>Ping packets received, duplicates not counted; −1: unknown.</summary>
    public int Received { get; set; }

    /// <summary>Ping duplicates; −1: unknown.</summary>
    public int Duplicates { get; set; }
}
