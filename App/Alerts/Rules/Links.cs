using Collector.Configuration;

namespace App.Alerts.Rules;

/// <summary>Where alerts lead to.</summary>
/// <param name="Public">Where people find our pages; null: no links there.</param>
/// <param name="Runbooks">Where the pages of the checks are; null: no links there.</param>
internal sealed record Links(Uri? Public, Uri? Runbooks)
{
    /// <summary>Those of a configuration.</summary>
    public static Links Of(Settings settings) => new(settings.Web.PublicUrl, settings.Alerts.RunbookUrl);

    /// <summary>Our own front page; null: unknown.</summary>
    public string? Home => Public is null ? null : Under(Public, "");

    /// <summary>The alerts of a check on our pages; null: unknown.</summary>
    public string? Alert(Alert alert) => Public is null ? null : Under(Public, $"findings?check={Uri.EscapeDataString(alert.Check)}");

    /// <summary>What a check's findings mean; null: unknown.</summary>
    public string? Runbook(Alert alert) => Runbooks is null ? null : Under(Runbooks, $"{Uri.EscapeDataString(alert.Check)}.md");

    private static string Under(Uri address, string rest) => $"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{rest}";
}
