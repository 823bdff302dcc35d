using System.Globalization;

namespace App.Web.Pages;

/// <summary>How times read on the pages: UTC, to the minute.</summary>
internal static class At
{
    /// <summary><c>2026-11-09 06:00</c>; a dash when unknown.</summary>
    public static string Minute(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? Reports.Words.Shown.Unknown;

    /// <summary>How long something took: <c>0.4 s</c>, <c>2 min 5 s</c>; a dash when unknown.</summary>
    public static string Length(TimeSpan? length) => length switch
    {
        null => Reports.Words.Shown.Unknown,
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{length.Value.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)length.Value.TotalMinutes} min {length.Value.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)length.Value.TotalHours} h {length.Value.Minutes} min"),
    };
}
