using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;

namespace App.Alerts.Http;

/// <summary>Tells all members of an Alertmanager cluster; one that takes it will do, since they tell each other.</summary>
internal sealed class AlertmanagerSender : IAlertSender, IDisposable
{
    /// <summary>How many posts may be missed before Alertmanager takes alerts to be over.</summary>
    public const int MissedPosts = 5;

    private readonly AlertmanagerOptions options;
    private readonly Links links;
    private readonly IReadOnlyList<(HttpReceiver Alerts, HttpReceiver Status)> members;

    /// <summary>Prepares; nothing is sent yet.</summary>
    public AlertmanagerSender(AlertmanagerOptions options, Links links, TimeProvider time)
    {
        this.options = options;
        this.links = links;
        members = [.. options.Urls.Select(url => (
            new HttpReceiver(Under(url, "api/v2/alerts"), options, time),
            new HttpReceiver(Under(url, "api/v2/status"), options, time)))];
    }

    /// <inheritdoc/>
    public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken)
    {
        var body = AlertmanagerJson.Of(message, links, options.PostEvery * MissedPosts);
        return AskAllAsync(member => member.Alerts.PostAsync(body, Authorize, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<Delivery> LookAsync(CancellationToken cancellationToken) =>
        await AskAllAsync(member => member.Status.GetAsync(Authorize, cancellationToken)) switch
        {
            Delivery.Done { Note: null } => new Delivery.Done($"{string.Join(", ", members.Select(member => member.Status.Server))} {(members.Count == 1 ? "answers" : "answer")}"),
            var other => other,
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (alerts, status) in members)
        {
            alerts.Dispose();
            status.Dispose();
        }
    }

    private static Uri Under(Uri url, string path) => new($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}");

    private async Task<Delivery> AskAllAsync(Func<(HttpReceiver Alerts, HttpReceiver Status), Task<Delivery>> ask)
    {
        var answers = await Task.WhenAll(members.Select(ask));
        var problems = answers.Select(answer => answer switch { Delivery.Away away => away.Problem, Delivery.Refused refused => refused.Problem, _ => null }).OfType<string>().ToList();
        return problems.Count == 0 ? new Delivery.Done()
            : problems.Count < answers.Length ? new Delivery.Done(string.Create(CultureInfo.InvariantCulture, $"{problems.Count} of {answers.Length} members did not take it: {problems[0]}"))
            : answers.OfType<Delivery.Away>().FirstOrDefault() is { } away ? away with { Problem = string.Join("; ", problems) }
            : new Delivery.Refused(string.Join("; ", problems));
    }

    private void Authorize(HttpRequestHeaders headers)
    {
        if (options.BearerToken is { } token)
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        else if (options.User is { } user)
        {
            headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        }
    }
}
