using System.Security.Cryptography;
using System.Text;
using Analyzer.Findings;

namespace App.Alerts.Rules;

/// <summary>One alert as it is told.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="IsResolved">Whether it is told as over.</param>
/// <param name="Severity">How much it matters, or was said to when it is over.</param>
internal sealed record NotifiedAlert(Alert Alert, bool IsResolved, Severity Severity)
{
    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; } = AlertLabels.Of(Alert, Severity);
}

/// <summary>What one message says: all alerts of a group that are so, and those that are so no longer.</summary>
/// <param name="Route">The route.</param>
/// <param name="Group">The group, as it was before the message.</param>
/// <param name="Alerts">Firing ones first, most severe first.</param>
/// <param name="At">When it is said.</param>
internal sealed record Notification(AlertRoute Route, AlertGroup Group, IReadOnlyList<NotifiedAlert> Alerts, DateTimeOffset At)
{
    /// <summary>Those that are so.</summary>
    public IEnumerable<NotifiedAlert> Firing => Alerts.Where(alert => !alert.IsResolved);

    /// <summary>Those that are so no longer.</summary>
    public IEnumerable<NotifiedAlert> Resolved => Alerts.Where(alert => alert.IsResolved);

    /// <summary>Whether everything is over.</summary>
    public bool IsResolved => Alerts.All(alert => alert.IsResolved);

    /// <summary>Whether it says anything that the receiver was not told before.</summary>
    public bool HasNews => Resolved.Any() || Firing.Any(alert => !Group.Told.Any(told =>
        told.Fingerprint == alert.Alert.Fingerprint && told.StartsAt == alert.Alert.StartsAt && told.Severity >= alert.Severity));

    /// <summary>The most that one of the firing ones matters; when all is over, the most that one did.</summary>
    public Severity Severity => (IsResolved ? Alerts : Firing).Max(alert => alert.Severity);

    /// <summary>The group, the same for all its messages as long as it lasts: 16 hexadecimal digits.</summary>
    public string Thread => Digest($"{Route.Name}\u001f{Group.Key}\u001f{Group.Opened.ToUnixTimeMilliseconds()}");

    /// <summary>The message, the same for each attempt to deliver it.</summary>
    public string Id => $"{Thread}-{Group.Messages}";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8]);
}
