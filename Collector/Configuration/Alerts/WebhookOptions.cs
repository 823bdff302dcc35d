using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Alerts;

/// <summary>A receiver of JSON in the form of Alertmanager's webhook, version 4.</summary>
public sealed record WebhookOptions : AlertRouteOptions
{
    /// <summary>Where it is posted to; required. May be a secret.</summary>
    public Uri? Url { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; a secret, from environment or user secrets. Null: not sent.</summary>
    [RegularExpression("^[!-~]+$", ErrorMessage = "printable ASCII characters without spaces")]
    public string? BearerToken { get; init; }

    /// <summary>Messages are signed with it (HMAC-SHA256), so that the receiver knows us; a secret, from environment or user secrets. Null: they
    /// are not signed.</summary>
    public string? SigningSecret { get; init; }

    /// <summary>Without the secrets, which must not reach a log by way of a record's own text.</summary>
    public override string ToString() => $"WebhookOptions {{ Name = {Name} }}";
}
