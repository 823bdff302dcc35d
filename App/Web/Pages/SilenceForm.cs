using System.Globalization;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;

namespace App.Web.Pages;

/// <summary>The form that makes a silence, as it was filled in.</summary>
public sealed record SilenceForm
{
    /// <summary>How long one may last, in hours, with its words.</summary>
    public static readonly IReadOnlyList<(int Hours, string Words)> Lengths = [(1, "1 hour"), (2, "2 hours"), (4, "4 hours"), (12, "12 hours"), (24, "a day"), (72, "3 days"), (168, "a week")];

    private const int UsualHours = 2;

    /// <summary>One matcher a line, as it was written.</summary>
    public string Matchers { get; init; } = "";

    /// <summary>How long, in hours.</summary>
    public int Hours { get; init; } = UsualHours;

    /// <summary>Why.</summary>
    public string Comment { get; init; } = "";

    /// <summary>By whom.</summary>
    public string Author { get; init; } = "";

    /// <summary>The matchers.</summary>
    public IReadOnlyList<string> Lines => Matchers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>How long.</summary>
    public TimeSpan Length => TimeSpan.FromHours(Hours);

    /// <summary>What a browser sent.</summary>
    /// <exception cref="ConfigurationException">Its time is none that the page offers.</exception>
    public static SilenceForm Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return int.TryParse(form["hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && Lengths.Any(length => length.Hours == hours)
            ? new SilenceForm { Matchers = form["matchers"].ToString(), Hours = hours, Comment = form["comment"].ToString(), Author = form["author"].ToString() }
            : throw new ConfigurationException($"hours is no time that the form offers; allowed: {string.Join(", ", Lengths.Select(length => length.Hours.ToString(CultureInfo.InvariantCulture)))}");
    }
}
