using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Alerts;

/// <summary>What every way to tell somebody has: its name, and of what it tells.</summary>
public abstract record AlertRouteOptions
{
    /// <summary>Its name in metrics, logs and commands; required, each once.</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", ErrorMessage = "up to 64 letters, digits, points, hyphens and underscores")]
    public string? Name { get; init; }

    /// <summary>It tells of nothing that matters less. Default: warning.</summary>
    public AlertSeverity MinimumSeverity { get; init; } = AlertSeverity.Warning;

    /// <summary>All of them must fit: <c>check="black-hole"</c>, <c>target!="ns-b"</c>, <c>asn=~"645.."</c>, <c>country!~"NL|BE"</c>. Default: none.</summary>
    public IReadOnlyList<string> Matchers { get; init; } = [];

    /// <summary>Alerts that agree in these labels make one message; null: <see cref="AlertsOptions.GroupBy"/>.</summary>
    public IReadOnlyList<string>? GroupBy { get; init; }

    /// <summary>When a group of which there is no news is told again; null: <see cref="AlertsOptions.RepeatInterval"/>.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan? RepeatInterval { get; init; }

    /// <summary>Whether it also tells that something is resolved. Default: true.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>How long one attempt may take. Default: ten seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>SHA-256 of the one certificate that the server may show, in hexadecimal, where no authority vouches for it. Null: whatever the
    /// machine trusts.</summary>
    [RegularExpression("^[0-9A-Fa-f]{64}$", ErrorMessage = "the SHA-256 of a certificate, as 64 hexadecimal digits")]
    public string? CertificateSha256 { get; init; }
}

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Worth looking at this week.</summary>
    Warning,

    /// <summary>Users cannot reach the service.</summary>
    Critical,
}
