using System.Globalization;
using Collector.Configuration;

namespace Analyzer.Time;

/// <summary>A week of ISO 8601: Monday to Sunday, UTC, numbered so that week 1 holds the year's first Thursday.</summary>
public readonly record struct IsoWeek : IComparable<IsoWeek>
{
    private const int FirstYear = 1970;
    private const int LastYear = 9998;

    private const string Allowed = "an ISO week of a year from 1970 on, such as 2026-W46";

    /// <summary>A week of a year.</summary>
    /// <param name="year">1970 to 9998; the year the week belongs to, which is not always that of its Monday.</param>
    /// <param name="number">1 to 52, or to 53 in years that have so many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such week.</exception>
    public IsoWeek(int year, int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(year, FirstYear);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(year, LastYear);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, WeeksIn(year));
        Year = year;
        Number = number;
    }

    /// <summary>The year the week belongs to.</summary>
    public int Year { get; }

    /// <summary>1 to 53.</summary>
    public int Number { get; }

    /// <summary>Monday, 00:00 UTC.</summary>
    public DateTimeOffset Start => new(ISOWeek.ToDateTime(Year, Number, DayOfWeek.Monday), TimeSpan.Zero);

    /// <summary>The next Monday, 00:00 UTC: the first instant that no longer belongs to the week.</summary>
    public DateTimeOffset End => Start.AddDays(7);

    /// <summary>The week before.</summary>
    public IsoWeek Previous => Of(Start.AddDays(-7));

    /// <summary>The week after.</summary>
    public IsoWeek Next => Of(End);

    /// <summary>Earlier week.</summary>
    public static bool operator <(IsoWeek left, IsoWeek right) => left.CompareTo(right) < 0;

    /// <summary>Later week.</summary>
    public static bool operator >(IsoWeek left, IsoWeek right) => left.CompareTo(right) > 0;

    /// <summary>Earlier or same week.</summary>
    public static bool operator <=(IsoWeek left, IsoWeek right) => left.CompareTo(right) <= 0;

    /// <summary>Later or same week.</summary>
    public static bool operator >=(IsoWeek left, IsoWeek right) => left.CompareTo(right) >= 0;

    /// <summary>52 or 53.</summary>
    public static int WeeksIn(int year) => ISOWeek.GetWeeksInYear(year);

    /// <summary>The week that holds an instant.</summary>
    public static IsoWeek Of(DateTimeOffset at) => new(ISOWeek.GetYear(at.UtcDateTime), ISOWeek.GetWeekOfYear(at.UtcDateTime));

    /// <summary>Reads <c>2026-W46</c>.</summary>
    /// <param name="text">What was found.</param>
    /// <param name="key">Where it was found, for the message: <c>--week</c>.</param>
    /// <exception cref="ConfigurationException">It is no week.</exception>
    public static IsoWeek Parse(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParse(text, out var week))
        {
            return week;
        }

        // "2025-W53" looks right and is not: say how many weeks that year has.
        var allowed = HasForm(text) && TryNumbers(text, out var year, out _) && year is >= FirstYear and <= LastYear
            ? string.Create(CultureInfo.InvariantCulture, $"{year:0000}-W01 to {year:0000}-W{WeeksIn(year)}")
            : Allowed;
        throw new ConfigurationException($"{key} is {Quoted.Value(text)}; allowed: {allowed}");
    }

    /// <summary>Reads <c>2026-W46</c>; false when it is no week.</summary>
    public static bool TryParse(string? text, out IsoWeek week)
    {
        week = default;
        if (text is null || !HasForm(text) || !TryNumbers(text, out var year, out var number)
            || year is < FirstYear or > LastYear || number < 1 || number > WeeksIn(year))
        {
            return false;
        }

        week = new IsoWeek(year, number);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(IsoWeek other) => (Year, Number).CompareTo((other.Year, other.Number));

    /// <summary><c>2026-W46</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-W{Number:00}");

    private static bool HasForm(string text) => text.Length == 8 && text[4] == '-' && text[5] is 'W' or 'w';

    private static bool TryNumbers(string text, out int year, out int number)
    {
        number = 0;
        return int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out year)
            && int.TryParse(text.AsSpan(6, 2), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
