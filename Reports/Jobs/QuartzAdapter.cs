using Quartz;

namespace Reports.Jobs;

/// <summary>What Quartz calls: hands over to the job of the same name. Never twice at a time for one job, in a cluster neither.</summary>
[DisallowConcurrentExecution]
internal sealed class QuartzAdapter(JobRunner runner, JobScheduler scheduler) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var name = context.JobDetail.Key.Name;
        if (!await runner.RunAsync(name, cancellationToken))
        {
            await scheduler.TryAgainAsync(name, cancellationToken);
        }
    }
}
