namespace App.Alerts.Rules;

/// <summary>How the deliveries of a route go. It survives the process.</summary>
/// <param name="Route">The route.</param>
public sealed record RouteState(string Route)
{
    /// <summary>When something was last delivered; null: never.</summary>
    public DateTimeOffset? Succeeded { get; init; }

    /// <summary>Since when nothing gets through, or not everything; null: all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why, one line; null: all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>How often in a row the receiver was away.</summary>
    public int Attempts { get; init; }

    /// <summary>Not to be tried before; null: at any time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Messages that are due and not delivered.</summary>
    public int Waiting { get; init; }
}
