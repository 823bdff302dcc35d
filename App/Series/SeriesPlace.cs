namespace App.Series;

/// <summary>Where in the time series database a measurement is kept, which says for how long.</summary>
public enum SeriesPlace
{
    /// <summary>The database itself: what dashboards read, kept long.</summary>
    Rollups,

    /// <summary>The retention policy, bucket or database of raw points, kept for weeks.</summary>
    Raw,
}
