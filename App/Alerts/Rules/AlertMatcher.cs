using System.Text.RegularExpressions;
using Analyzer.Time;
using Collector.Configuration;

namespace App.Alerts.Rules;

/// <summary>What a label must be, or must not be: <c>check="black-hole"</c>, <c>target!="ns-b"</c>, <c>asn=~"645.."</c>, <c>country!~"NL|BE"</c>.</summary>
/// <remarks>A pattern has to fit the whole value. An alert that lacks the label has it empty, as in Prometheus.</remarks>
public sealed partial class AlertMatcher
{
    private const int LongestPattern = 1000;

    // Without backtracking a pattern's time is that of the text; the limit is for what nobody thought of.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly string value;
    private readonly bool isEqual;
    private readonly Regex? pattern;

    private AlertMatcher(string label, string value, bool isEqual, Regex? pattern) => (Label, this.value, this.isEqual, this.pattern) = (label, value, isEqual, pattern);

    /// <summary>The label.</summary>
    public string Label { get; }

    /// <summary>Reads one.</summary>
    /// <param name="text">What somebody wrote.</param>
    /// <param name="key">Where, for the message.</param>
    /// <exception cref="ConfigurationException">It is no such thing: one line.</exception>
    public static AlertMatcher Parse(string text, string key)
    {
        if (text.Length > LongestPattern || Form().Match(text) is not { Success: true } match)
        {
            throw new ConfigurationException(
                $"{key} is {Quoted.Value(AlertText.Short(text))}; allowed: a label, one of = != =~ !~, and a value, such as check=\"black-hole\" or asn=~\"6450[12]\"");
        }

        var label = AlertLabels.Named(match.Groups["label"].Value, key);
        var value = match.Groups["quoted"] is { Success: true } quoted ? Escape().Replace(quoted.Value, "$1") : match.Groups["plain"].Value;
        var relation = match.Groups["relation"].Value;
        return new AlertMatcher(label, value, relation[0] == '=', relation[^1] == '~' ? Compile(value, key) : null);
    }

    /// <summary>Whether labels fit.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> labels)
    {
        var found = labels.GetValueOrDefault(Label, "");
        try
        {
            return (pattern is null ? found == value : pattern.IsMatch(found)) == isEqual;
        }
        catch (RegexMatchTimeoutException)
        {
            // Rather told once too often than silenced by what could not be found out.
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Label}{(pattern is null ? isEqual ? "=" : "!=" : isEqual ? "=~" : "!~")}\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static Regex Compile(string value, string key)
    {
        try
        {
            // By itself first: what closes a bracket that it did not open would mean something else between ours.
            _ = new Regex(value, RegexOptions.NonBacktracking, Patience);
            return new Regex($"\\A(?:{value})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{key} has the pattern {Quoted.Value(AlertText.Short(value))}; allowed: a regular expression without look-around and back references");
        }
    }

    // The parts of a quoted value exclude each other, so that there is one way only to read it.
    [GeneratedRegex("""\A\s*(?<label>[A-Za-z_]+)\s*(?<relation>=~|!~|!=|=)\s*(?:"(?<quoted>(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*)"|(?<plain>[^"\s\p{Cc}]*))\s*\z""", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex("""\\(["\\])""")]
    private static partial Regex Escape();
}
