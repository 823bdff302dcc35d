namespace Collector.Configuration;

/// <summary>When one job runs. A text instead of an object is its <see cref="Cron"/>.</summary>
public sealed record JobOptions : IShorthand
{
    /// <summary>When it runs, as a cron expression in UTC: minutes, hours, day of month, month, day of week, and seconds before them if wanted. Null: the job's own
    /// default.</summary>
    public string? Cron { get; set; }

    /// <summary>What becomes of turns that were missed, because the service was down or the job was still running. Default: caught up
    /// once.</summary>
    public MisfireRule Misfire { get; init; } = MisfireRule.CatchUp;

    /// <summary>Whether it runs by itself at all; by hand it always can. Default: true.</summary>
    public bool Enabled { get; init; } = true;

    void IShorthand.Expand(string text) => Cron = text;
}

/// <summary>What becomes of missed turns.</summary>
public enum MisfireRule
{
    /// <summary>However many were missed, the job runs once for them, at once.</summary>
    CatchUp,

    /// <summary>They are forgotten; the job runs at its next turn.</summary>
    Skip,
}
