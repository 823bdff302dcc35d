using System.Globalization;
using System.Net;

namespace Collector.Network;

/// <summary>One of the thirteen root servers: how it names its servers, and where its sites are.</summary>
/// <param name="Letter">Upper case, <c>A</c> to <c>M</c>.</param>
public sealed record RootServer(char Letter)
{
    /// <summary>Name of the preset: <c>k-root</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{char.ToLowerInvariant(Letter)}-root");

    /// <summary>IPv4 service address.</summary>
    public required IPAddress IPv4 { get; init; }

    /// <summary>IPv6 service address.</summary>
    public required IPAddress IPv6 { get; init; }

    /// <summary>The last two digits of Atlas' built-in measurements of this letter.</summary>
    public required int AtlasNumber { get; init; }

    /// <summary>Whether it answers to ICMP echo.</summary>
    public bool AnswersPing { get; init; } = true;

    /// <summary>
    /// The forms of its identities: whole-string patterns, read without regard to case. The site code is the group <c>pop</c>,
    /// or the groups <c>country</c> and <c>town</c> with a hyphen between, or <c>town</c> alone where the country is left out;
    /// <c>server</c> is the machine.
    /// </summary>
    public required IReadOnlyList<string> Shapes { get; init; }

    /// <summary>What its site codes are, which says how far a code newer than the table can be read.</summary>
    public required SiteCodes Codes { get; init; }

    /// <summary>Site codes, compared without case, and the PoPs they stand for: several codes can share one.</summary>
    public required IReadOnlyDictionary<string, Pop> Sites { get; init; }
}

/// <summary>Where an operator takes its site codes from.</summary>
public enum SiteCodes
{
    /// <summary>Its own names, which mean nothing elsewhere even when they look like airport codes.</summary>
    Own,

    /// <summary>Airports and metropolitan areas (IATA).</summary>
    Airport,

    /// <summary>A country code and three letters, mostly UN/LOCODE: <c>nl-ams</c>.</summary>
    Locode,
}
