using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Alerts;

/// <summary>E-mail.</summary>
public sealed record SmtpOptions : AlertRouteOptions
{
    /// <summary>The mail server's name or address; required.</summary>
    [RegularExpression("^[A-Za-z0-9._:-]+$", ErrorMessage = "a host name or an IP address")]
    public string? Host { get; init; }

    /// <summary>Its port; null: 587 with StartTls, 465 with Tls, 25 without either.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }

    /// <summary>How the connection is protected. Default: StartTls.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Who logs in. Null: nobody does.</summary>
    public string? User { get; init; }

    /// <summary>The user's password; a secret, from environment or user secrets. Null: none.</summary>
    public string? Password { get; init; }

    /// <summary>The sender's address; required.</summary>
    public string? From { get; init; }

    /// <summary>The recipients' addresses; at least one.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Without the secrets, which must not reach a log by way of a record's own text.</summary>
    public override string ToString() => $"SmtpOptions {{ Name = {Name}, Host = {Host} }}";
}

/// <summary>How a connection to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Not at all: for a server on this machine or network.</summary>
    None,

    /// <summary>It begins in the clear and goes on encrypted, or not at all.</summary>
    StartTls,

    /// <summary>Encrypted from the beginning.</summary>
    Tls,
}
