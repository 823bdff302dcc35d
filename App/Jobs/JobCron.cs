using System.Globalization;
using System.Text.RegularExpressions;
using Analyzer.Time;
using Collector.Configuration;
using Cronos;

namespace App.Jobs;

/// <summary>A cron expression, in UTC: minutes, hours, day of month, month, day of week, and seconds before them if somebody wants them.</summary>
/// <remarks>Standard cron and a little more: <c>?</c> for <c>*</c> in one of the days, <c>L</c>, <c>W</c> and <c>#</c>. Two things that other
/// programs take differently are refused: days of the week by number, and both days at once.</remarks>
internal sealed partial class JobCron
{
    private const string Allowed =
        "allowed: a cron expression of minutes, hours, day of month, month, day of week, with seconds before them if wanted, such as */5 * * * *";

    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly CronExpression expression;

    private JobCron(string text, CronExpression expression)
    {
        Text = text;
        this.expression = expression;
    }

    /// <summary>The expression, with one space between fields.</summary>
    public string Text { get; }

    /// <summary>Reads one.</summary>
    /// <param name="text">What the operator wrote.</param>
    /// <param name="key">Where, for the message.</param>
    /// <exception cref="ConfigurationException">It is none, never comes true, or may mean more than one thing.</exception>
    public static JobCron Parse(string text, string key)
    {
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is 5 or 6)
        {
            if (WithNames(fields) is { } better)
            {
                throw new ConfigurationException($"{key} is {Quoted.Value(text)}; allowed: days of the week by name: {better}");
            }

            if (!IsAny(fields[^3]) && !IsAny(fields[^1]))
            {
                throw new ConfigurationException(
                    $"{key} is {Quoted.Value(text)}; allowed: a day of the month or one of the week, and * for the other, since programs disagree whether both have to fit");
            }

            // Cronos takes a question mark for a star everywhere.
            var isOdd = fields.Where((_, index) => index != fields.Length - 3 && index != fields.Length - 1).Any(field => field.Contains('?', StringComparison.Ordinal));
            var known = string.Join(' ', fields);
            if (!isOdd
                && CronExpression.TryParse(known, fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard, out var expression)
                && expression.GetNextOccurrence(DateTime.UnixEpoch) is not null)
            {
                return new JobCron(known, expression);
            }
        }

        throw new ConfigurationException($"{key} is {Quoted.Value(text)}; {Allowed}");
    }

    /// <summary>The first time after an instant at which it comes true; null: never more.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset at) =>
        expression.GetNextOccurrence(at.UtcDateTime) is { } next ? new DateTimeOffset(next, TimeSpan.Zero) : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool IsAny(string field) => field is "*" or "?";

    /// <summary>What to write instead of days of the week by number; null: there are none.</summary>
    private static string? WithNames(string[] fields)
    {
        var days = Number().Matches(fields[^1]).Select(match => int.Parse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)).ToList();
        if (days.Count == 0 || days.Any(day => day > 7))
        {
            return null;
        }

        var standard = With(day => Weekdays[day % 7]);

        // Five fields were never understood by former versions, whose week began with 1 for Sunday.
        return fields.Length == 5 || days.Contains(0)
            ? standard
            : $"{standard}, or {With(day => Weekdays[day - 1])} if it was written for a version before Hangfire, where 1 was Sunday";

        string With(Func<int, string> name) => string.Join(
            ' ', [.. fields[..^1], Number().Replace(fields[^1], match => name(int.Parse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)))]);
    }

    // Not the step behind a slash, nor the week behind a #.
    [GeneratedRegex("(?<![/#0-9A-Za-z])[0-9]{1,2}(?![0-9])")]
    private static partial Regex Number();
}
