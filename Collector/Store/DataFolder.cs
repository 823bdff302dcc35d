namespace Collector.Store;

/// <summary>Where the parts of a data folder are.</summary>
/// <param name="Root">The folder.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>The embedded store.</summary>
    public string Database { get; init; } = Path.Combine(Root, "measurement.db");

    /// <summary>Held locked by the one process that writes.</summary>
    public string Lock => Path.Combine(Root, "measurement.lock");

    /// <summary>What Atlas returned, as it returned it.</summary>
    public string Archive => Path.Combine(Root, "archive");

    /// <summary>What signs the cookies of browsers that are logged in. Made again when it is gone: everybody logs in anew.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Which PoP served whom, day by day and week by week: kept so that the past is read once. Made again when it is gone.</summary>
    public string Routing => Path.Combine(Root, "routing");
}
