using System.Net;
using System.Net.Mail;
using Analyzer.Findings;
using App.Alerts.Http;
using App.Alerts.Mail;
using App.Alerts.Rules;
using Collector.Configuration;
using Collector.Configuration.Alerts;

namespace App.Alerts;

/// <summary>The routes of a configuration, each with what speaks to its receiver.</summary>
internal sealed class AlertRoutes : IDisposable
{
    private AlertRoutes(IReadOnlyList<(AlertRoute Route, IAlertSender Sender)> all) => All = all;

    /// <summary>In the order in which they stand there.</summary>
    public IReadOnlyList<(AlertRoute Route, IAlertSender Sender)> All { get; }

    /// <summary>Reads them.</summary>
    /// <exception cref="ConfigurationException">One that cannot be used: one line.</exception>
    public static AlertRoutes Of(Settings settings, TimeProvider time)
    {
        var options = settings.Alerts;
        var links = Links.Of(settings);
        List<(AlertRoute Route, IAlertSender Sender)> all =
        [
            .. options.Webhook.Select((one, index) => (Route(options, one, "webhook", $"Alerts:Webhook:{index}"), (IAlertSender)Webhook(one, $"Alerts:Webhook:{index}"))),
            .. options.Slack.Select((one, index) => (Route(options, one, "slack", $"Alerts:Slack:{index}"), (IAlertSender)Slack(one, $"Alerts:Slack:{index}"))),
            .. options.Alertmanager.Select((one, index) => (
                Route(options, one, "alertmanager", $"Alerts:Alertmanager:{index}") with { GroupBy = [], GroupWait = TimeSpan.Zero, GroupInterval = TimeSpan.Zero, RepeatInterval = one.PostEvery },
                (IAlertSender)Alertmanager(one, $"Alerts:Alertmanager:{index}"))),
            .. options.Smtp.Select((one, index) => (Route(options, one, "smtp", $"Alerts:Smtp:{index}"), (IAlertSender)Smtp(one, $"Alerts:Smtp:{index}"))),
        ];
        if (all.GroupBy(one => one.Route.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new ConfigurationException($"Alerts has two routes of the Name {twice.Key}; allowed: each once");
        }

        return new AlertRoutes(all);

        WebhookSender Webhook(WebhookOptions one, string key)
        {
            _ = Required(one.Url, key, "Url");
            return new WebhookSender(one, links, time);
        }

        SlackSender Slack(SlackOptions one, string key)
        {
            _ = Required(one.Url, key, "Url");
            return new SlackSender(one, links, time);
        }

        AlertmanagerSender Alertmanager(AlertmanagerOptions one, string key)
        {
            if (one.Urls.Count == 0)
            {
                throw Missing(key, "Urls");
            }

            return one.Urls.All(url => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                ? new AlertmanagerSender(one, links, time)
                : throw new ConfigurationException($"{key}:Urls has an entry that is no http or https address");
        }

        SmtpSender Smtp(SmtpOptions one, string key)
        {
            _ = Required(one.Host, key, "Host");
            Address(Required(one.From, key, "From"), $"{key}:From");
            if (one.To.Count == 0)
            {
                throw Missing(key, "To");
            }

            foreach (var (address, index) in one.To.Select((address, index) => (address, index)))
            {
                Address(address, $"{key}:To:{index}");
            }

            // A password in the clear is everybody's on the way; on this machine there is no way.
            return one.User is null || one.Security != SmtpSecurity.None || one.Host is "localhost" || (IPAddress.TryParse(one.Host, out var ip) && IPAddress.IsLoopback(ip))
                ? new SmtpSender(one, links, time)
                : throw new ConfigurationException($"{key}:Security is None, and {key}:User is set; allowed: StartTls or Tls, or a Host on this machine");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sender in All.Select(one => one.Sender).OfType<IDisposable>())
        {
            sender.Dispose();
        }
    }

    private static AlertRoute Route(AlertsOptions options, AlertRouteOptions route, string kind, string key) => new(Required(route.Name, key, "Name"), kind)
    {
        MinimumSeverity = Enum.Parse<Severity>(route.MinimumSeverity.ToString()),
        Matchers = [.. route.Matchers.Select((text, index) => AlertMatcher.Parse(text, $"{key}:Matchers:{index}"))],
        GroupBy =
        [
            .. (route.GroupBy ?? options.GroupBy).Select((name, index) => AlertLabels.Named(name, $"{(route.GroupBy is null ? "Alerts" : key)}:GroupBy:{index}")),
        ],
        GroupWait = options.GroupWait,
        GroupInterval = options.GroupInterval,
        RepeatInterval = route.RepeatInterval ?? options.RepeatInterval,
        SendResolved = route.SendResolved,
        KeepUndelivered = options.KeepUndelivered,
    };

    /// <summary>One plain address: what stands in a command and a header must not end it.</summary>
    private static void Address(string text, string key)
    {
        if (text.Length > 254 || !text.All(letter => letter is > ' ' and <= '~' and not ('<' or '>' or ',' or ';' or '"')) || !MailAddress.TryCreate(text, out var address) || address.Address != text)
        {
            throw new ConfigurationException($"{key} is {Analyzer.Time.Quoted.Value(AlertText.Short(text))}; allowed: an address such as noc@example.net");
        }
    }

    private static T Required<T>(T? value, string key, string member)
        where T : class => value ?? throw Missing(key, member);

    private static ConfigurationException Missing(string key, string member) => new($"{key}:{member} is missing; it is required");
}
