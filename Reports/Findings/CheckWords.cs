namespace Reports.Findings;

/// <summary>What each check tells of, in a few words, for readers who do not know it by its name.</summary>
internal static class CheckWords
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["backhaul"] = "a PoP's servers are elsewhere",
        ["black-hole"] = "a network cannot reach a target",
        ["catchment-shift"] = "many clients moved to another PoP, and from where",
        ["continental-detour"] = "a network is served on another continent without need",
        ["credits-low"] = "the Atlas account runs out of credits",
        ["family-split"] = "IPv4 and IPv6 of a probe part",
        ["far-pop"] = "a network is served by a far PoP without need",
        ["interception"] = "somebody answers in your place",
        ["latency-shift"] = "the way to the same PoP became longer",
        ["load-balanced"] = "a probe or network alternates between PoPs",
        ["measurement-stopped"] = "a wanted measurement ended",
        ["misplaced-probe"] = "a probe is not where its host says",
        ["no-results"] = "a measurement, or all of them, brings nothing",
        ["over-reach"] = "a PoP attracts clients over continents",
        ["pop-silent"] = "a PoP stopped answering; who took over, and how fast",
        ["scope-leak"] = "a PoP answers others than it is meant for",
        ["unknown-identity"] = "servers answer with names that no rule knows",
    };

    /// <summary>What a check tells of.</summary>
    /// <param name="check">Its name.</param>
    public static string Of(string check) => Words.GetValueOrDefault(check, "");
}
