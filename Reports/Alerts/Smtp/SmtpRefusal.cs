namespace Reports.Alerts.Smtp;

/// <summary>A mail server's no.</summary>
/// <param name="isLasting">Whether the same would be refused again (5xx).</param>
/// <param name="message">What was said, one line.</param>
internal sealed class SmtpRefusal(bool isLasting, string message) : Exception(message)
{
    /// <summary>Whether the same would be refused again.</summary>
    public bool IsLasting { get; } = isLasting;
}
