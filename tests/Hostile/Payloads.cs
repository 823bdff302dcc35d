namespace Tests.Hostile;

/// <summary>What strangers might say, each with a mark by which a test sees that it got through.</summary>
internal static class Payloads
{
    /// <summary>In each of them: where it shows, the text came through; what stands around it must not have done anything.</summary>
    public const string Mark = "HXJ7";

    public static IReadOnlyList<string> All { get; } =
    [
        $"\"><script>alert(1)</script>{Mark}",
        $"'\"><img src=x onerror=alert(1)>{Mark}",
        $"{Mark}\" onmouseover=\"alert(1)\" x=\"",
        $"=cmd|' /C calc'!A0 {Mark}",
        $"+1+{Mark}",
        $"-1+{Mark}",
        $"@SUM({Mark})",
        $"\t={Mark}",
        $"{Mark} one\nmeasurement: two\r\nSet-Cookie: a=b",
        $"{Mark}\u001b[2J\u001b]0;owned\u0007\u009b31mred",
        $"{Mark}\u202egnp.exe\u2066\u200f\u2028next\u2029\ufeff",
        $"{Mark}\\",
        $"{Mark},a=b c=\"d\" 1\\\" f=1i 1",
        $"{Mark}\"}} 1\n# HELP owned by\nowned 1",
        $"]]>--><!--{Mark}</style></title>",
        $"javascript:alert(1)//{Mark}",
        $"${{{Mark}}} {{0}} %s%n [red]x[/] [link=javascript:1]y[/] {{{{7*7}}}}",
        $"{Mark}\u0000nul\u007f\u0085",
        $"{Mark}{new string('A', 65_000)}</script>",
    ];
}
