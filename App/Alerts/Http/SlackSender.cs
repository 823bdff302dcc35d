using App.Alerts.Rules;
using Collector.Configuration.Alerts;

namespace App.Alerts.Http;

/// <summary>Tells a chat through its incoming webhook.</summary>
internal sealed class SlackSender(SlackOptions options, Links links, TimeProvider time) : IAlertSender, IDisposable
{
    private readonly HttpReceiver receiver = new(options.Url!, options, time);

    /// <inheritdoc/>
    public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken) =>
        receiver.PostAsync(SlackJson.Of(message, links, options.Channel), null, cancellationToken);

    /// <inheritdoc/>
    public Task<Delivery> LookAsync(CancellationToken cancellationToken) => receiver.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => receiver.Dispose();
}
