using System.Text.RegularExpressions;
using Collector.Network;

namespace Analyzer.Annotations;

/// <summary>What a change was meant to do, by the words that operators use.</summary>
public static partial class IntentWords
{
    // In this order: what undoes something names what it undoes.
    private static readonly (Regex Words, ChangeIntent Intent)[] Known =
    [
        (LessNoMore(), ChangeIntent.More),
        (Back(), ChangeIntent.Restore),
        (Away(), ChangeIntent.Withdraw),
        (Less(), ChangeIntent.Less),
        (More(), ChangeIntent.More),
        (Faster(), ChangeIntent.Faster),
    ];

    /// <summary>What a text says; null: nothing that is known.</summary>
    public static ChangeIntent? Of(string text)
    {
        foreach (var (words, intent) in Known)
        {
            if (words.IsMatch(text))
            {
                return intent;
            }
        }

        return null;
    }

    // "Removed the prepending", "prepend taken off", "no longer no-export".
    [GeneratedRegex(
        @"\b(remov\w*|withdr\w*|undo|undid|undone|revert\w*|stopp\w*|lift\w*|clear\w*|dropp\w*|fewer|no longer|without)(\s+(the|all|our|any|one|two|three|last|triple|double|\d+x?))*\s+(prepend|communit|no-export)|\b(prepend(s|ing)?|communit(y|ies))\b.{0,40}\b(removed|taken off|reverted|undone|gone|dropped|lifted|cleared)\b|\bunprepend",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LessNoMore();

    [GeneratedRegex(
        @"\b(restor\w*|undrain\w*|re-?announc\w*|re-?enabl\w*|returns?|returned)\b|\bback\b.{0,20}\b(up|in|on|into|online|service|from)\b|\b(enters?|entered|into|in) service\b|\b(turned up|goes live|went live|brought up)\b|\b(end|after) (of )?(the )?maintenance\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Back();

    [GeneratedRegex(
        @"\b(withdr\w*|drain\w*|shut\w*|decommission\w*|maintenance)\b|\b(taken|took|take|going|goes|went) (it )?(down|offline|out)\b|\bout of service\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Away();

    [GeneratedRegex(
        @"\b(prepend\w*|communit\w*|no-export|no-peer|blackhol\w*|selective\w*|depref\w*|depeer\w*)\b|\blower(ed)? (the )?(local[- ])?pref",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Less();

    [GeneratedRegex(
        @"\b(announc\w*|advertis\w*|peer(s|ed|ing)?|new (peer|upstream|transit|session|exchange)\w*|more specific\w*)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex More();

    [GeneratedRegex(@"\b(faster|latency|round-trip|rtt|speed\w*|nearer|shorter path)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Faster();
}
