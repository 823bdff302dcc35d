namespace Collector.Configuration.Alerts;

/// <summary>A Slack-compatible incoming webhook.</summary>
public sealed record SlackOptions : AlertRouteOptions
{
    /// <summary>Where it is posted to; required. Whoever knows it can write there: a secret, from environment or user secrets.</summary>
    public Uri? Url { get; init; }

    /// <summary>The channel, where the webhook leaves the choice. Null: the webhook's own.</summary>
    public string? Channel { get; init; }

    /// <summary>Without the address, which is a secret.</summary>
    public override string ToString() => $"SlackOptions {{ Name = {Name} }}";
}
