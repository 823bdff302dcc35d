using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Analyzer.Findings;
using Reports.Findings;

namespace App.Alerts.Rules;

/// <summary>What makes two findings one alert: check, target, family and scope, whatever the numbers.</summary>
internal static class AlertIdentity
{
    /// <summary>16 hexadecimal digits that stay the same over analyses, restarts and instances.</summary>
    public static string Of(Finding finding)
    {
        // What may come from outside cannot hold the separator: a control character that no text keeps.
        var text = string.Join(
            '\u001f',
            finding.Check,
            finding.Target ?? "",
            finding.Family?.ToString(CultureInfo.InvariantCulture) ?? "",
            FindingJson.NameOf(finding.Scope.Kind),
            AlertText.Short(finding.Scope.Value));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..8]);
    }
}
