namespace App.Jobs;

/// <summary>Why a job was put into the queue; people read it on the dashboard.</summary>
internal static class JobReason
{
    /// <summary>Its turn has come.</summary>
    public const string Turn = "turn";

    /// <summary>Somebody asked for it.</summary>
    public const string Now = "now";

    /// <summary>Something is left to do: missed turns, a run that was cut short, one that failed an hour ago.</summary>
    public const string Again = "again";
}
