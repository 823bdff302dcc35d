using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Collector.Configuration;

namespace Analyzer.Identities;

/// <summary>Compiles patterns that will meet hostile text: linear time, whatever the pattern and the text.</summary>
internal static class IdentityRegex
{
    private const RegexOptions Options =
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    // Thirteen targets at three hundred PoPs have the same three hundred patterns, and each takes some 0.2 MB. They come from us and from
    // the operator alone, so that there are not more and more of them.
    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <summary>A pattern of ours.</summary>
    public static Regex Ours(string pattern) => Compile(pattern);

    /// <summary>A pattern of the operator's.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="key">The configuration key that it stands under.</param>
    /// <exception cref="ConfigurationException">It is no regular expression, or one that cannot run in linear time.</exception>
    public static Regex Operators(string pattern, string key)
    {
        try
        {
            return Compile(pattern);
        }
        catch (NotSupportedException problem)
        {
            throw new ConfigurationException(
                $"{key} is {pattern}; allowed: a regular expression without look-around, back references and atomic groups, and not much longer than a name",
                problem);
        }
        catch (ArgumentException problem)
        {
            throw new ConfigurationException($"{key} is {pattern}; allowed: a name or a regular expression, and as that: {Reason(problem)}", problem);
        }
    }

    /// <summary>The value of a group that took part, else null.</summary>
    public static string? Group(this Match match, string name) => match.Groups[name] is { Success: true, Length: > 0 } group ? group.Value : null;

    private static Regex Compile(string pattern) => Compiled.GetOrAdd(pattern, static pattern => new Regex(pattern, Options));

    // "Invalid pattern 'ns[' at offset 3. Unterminated [] set." repeats the pattern; what stands after it is the reason.
    private static string Reason(ArgumentException problem)
    {
        var message = problem.Message;
        var start = problem is RegexParseException parse ? message.IndexOf($"at offset {parse.Offset}", StringComparison.Ordinal) : -1;
        return (start < 0 ? message : message[start..]).ReplaceLineEndings(" ");
    }
}
