using App.Jobs;
using Collector.Configuration;

namespace Tests.Soak;

/// <summary>The turns of a service whose clock is faster than the real one: Hangfire goes by the real one, so whoever makes time fly starts
/// the jobs. <c>collect</c> and <c>analyze</c> every hour; the report too, as a service tries again in an hour that found results missing; the
/// others as by default.</summary>
internal sealed class SimulatedTurns(DateTimeOffset begin)
{
    private readonly JobSchedule schedule = JobSchedule.Of(new ScheduleOptions
    {
        Collect = new JobOptions { Cron = "0 * * * *" },
        Analyze = new JobOptions { Cron = "30 * * * *" },
        WeeklyReport = new JobOptions { Cron = "45 * * * *" },
    });

    private readonly Dictionary<string, DateTimeOffset> given = [];

    /// <summary>Gives those that have come.</summary>
    /// <param name="now">The simulated present.</param>
    /// <param name="services">To whom; all of them are told, as all of them would notice. What nobody was there to take stays due.</param>
    public async Task GiveAsync(DateTimeOffset now, params IEnumerable<MeasurementProcess> services)
    {
        foreach (var turns in schedule.Jobs.Where(turns => turns.NextAfter(given.GetValueOrDefault(turns.Name, begin)) <= now))
        {
            foreach (var service in services)
            {
                if (await service.RunAsync(turns.Name))
                {
                    given[turns.Name] = now;
                }
            }
        }
    }
}
