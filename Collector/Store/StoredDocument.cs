namespace Collector.Store;

/// <summary>A small text that the store keeps by its name: what the service has to remember besides results. It survives the process, and
/// instances share it.</summary>
/// <param name="Kind">What sort it is: <c>alert</c>.</param>
/// <param name="Name">Its name among its kind.</param>
/// <param name="Text">The text, JSON by custom.</param>
/// <param name="Version">1 at first, one more with each change.</param>
public sealed record StoredDocument(string Kind, string Name, string Text, long Version);

/// <summary>A change of one document.</summary>
/// <param name="Kind">What sort it is.</param>
/// <param name="Name">Its name among its kind.</param>
/// <param name="Text">The text from now on; null: it is deleted.</param>
public sealed record DocumentChange(string Kind, string Name, string? Text)
{
    /// <summary>The version that it must have for the change to take place, 0: there must be none; null: whatever it is.</summary>
    public long? Expected { get; init; }
}

/// <summary>What must hold for changes to take place: a document has this version.</summary>
/// <param name="Kind">What sort it is.</param>
/// <param name="Name">Its name among its kind.</param>
/// <param name="Version">The version.</param>
public sealed record DocumentGuard(string Kind, string Name, long Version);
