namespace App.Jobs;

/// <summary>The names of the jobs.</summary>
internal static class JobNames
{
    public const string Analyze = "analyze";
    public const string Collect = "collect";
    public const string Probes = "probes";
    public const string Prune = "prune";
    public const string Reconcile = "reconcile";
    public const string TimeSeries = "timeseries";
    public const string WeeklyReport = "weekly-report";

    /// <summary>No job, but it stands among them: the stream.</summary>
    public const string Stream = "stream";
}
