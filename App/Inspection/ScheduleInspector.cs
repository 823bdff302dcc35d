using System.Globalization;
using App.Jobs;
using Collector.Configuration;

namespace App.Inspection;

/// <summary>Looks whether the jobs have turns, and when the next ones are.</summary>
internal static class ScheduleInspector
{
    /// <summary>Looks.</summary>
    public static Inspected Inspect(Settings settings, DateTimeOffset now)
    {
        try
        {
            var schedule = JobSchedule.Of(settings.Schedule, settings.TimeSeries.Provider != TimeSeriesProvider.None);
            var off = schedule.Jobs.Where(turns => !turns.IsEnabled).Select(turns => turns.Name).ToList();
            var first = schedule.Jobs.Where(turns => turns.IsEnabled).Select(turns => (turns.Name, Next: turns.NextAfter(now))).OrderBy(turns => turns.Next).ToList();
            var words = string.Create(CultureInfo.InvariantCulture, $"{schedule.Jobs.Count - off.Count} jobs have turns")
                + (first is [var next, ..] ? string.Create(CultureInfo.InvariantCulture, $", the next is {next.Name} at {next.Next:yyyy-MM-dd'T'HH:mm:ss'Z'}") : "")
                + (off.Count > 0 ? $"; off: {string.Join(", ", off)}" : "");
            return Inspected.Ok("schedule", words);
        }
        catch (ConfigurationException problem)
        {
            return Inspected.Failed("schedule", problem.Message, "docs/configuration.md says how turns are written; the service does not start with this");
        }
    }
}
