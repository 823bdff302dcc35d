using Hangfire;
using Hangfire.Common;

namespace App.Jobs;

/// <summary>What the dashboard's page of recurring jobs is given: started there, a job starts as from anywhere else; and what turns there are
/// is the configuration's business.</summary>
internal sealed class HandTriggers(JobScheduler scheduler) : IRecurringJobManagerFactory, IRecurringJobManager
{
    /// <inheritdoc/>
    public IRecurringJobManager GetManager(JobStorage storage) => this;

    /// <inheritdoc/>
    public void Trigger(string recurringJobId) => scheduler.RunNow(recurringJobId);

    /// <inheritdoc/>
    public void AddOrUpdate(string recurringJobId, Job job, string cronExpression, RecurringJobOptions options) => throw Refused();

    /// <inheritdoc/>
    public void RemoveIfExists(string recurringJobId) => throw Refused();

    private static NotSupportedException Refused() => new("the turns of the jobs are set in the configuration: Schedule");
}
