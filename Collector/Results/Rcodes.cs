using System.Globalization;

namespace Collector.Results;

/// <summary>The mnemonics of DNS response codes (IANA "DNS RCODEs", as far as four bits reach).</summary>
public static class Rcodes
{
    private static readonly string[] Names =
    [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
        "DSOTYPENI",
    ];

    /// <summary>The mnemonic; the decimal number where there is none; null below 0, which means unknown.</summary>
    public static string? Name(int rcode) =>
        rcode < 0 ? null : rcode < Names.Length ? Names[rcode] : rcode.ToString(CultureInfo.InvariantCulture);
}
