using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Alerts;

/// <summary>Prometheus' Alertmanager: alerts are posted as long as they last; what becomes of them is its business.</summary>
public sealed record AlertmanagerOptions : AlertRouteOptions
{
    /// <summary>The members of one cluster, each told everything; one that takes it will do. Required.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [];

    /// <summary>How often alerts that last are posted again. After five times that without a word of us, it takes them to be over. Default: one
    /// minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PostEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For basic authentication. Null: none.</summary>
    [RegularExpression("^[^:\\p{Cc}]+$", ErrorMessage = "a name without colon")]
    public string? User { get; init; }

    /// <summary>The user's password; a secret, from environment or user secrets. Null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; a secret, from environment or user secrets. Null: not sent.</summary>
    [RegularExpression("^[!-~]+$", ErrorMessage = "printable ASCII characters without spaces")]
    public string? BearerToken { get; init; }

    /// <summary>Without the secrets, which must not reach a log by way of a record's own text.</summary>
    public override string ToString() => $"AlertmanagerOptions {{ Name = {Name} }}";
}
