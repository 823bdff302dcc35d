using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Collector.Configuration.Alerts;
using Reports.Alerts.Http;

namespace Reports.Alerts.Smtp;

/// <summary>Tells people by mail. Each message is a conversation of its own: they are rare.</summary>
internal sealed class SmtpSender(SmtpOptions options, Links links, TimeProvider time) : IAlertSender
{
    private string Server => string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{SmtpSession.PortOf(options)}");

    /// <inheritdoc/>
    public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken) => TryAsync(
        async (session, limit) =>
        {
            var refused = await session.SendAsync(options.From!, options.To, MailMessage.Of(message, links, options.From!, options.To), limit);
            return new Delivery.Done(refused.Count == 0 ? null : $"{Server}: {string.Join("; ", refused)}");
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Delivery> LookAsync(CancellationToken cancellationToken) => TryAsync(
        (_, _) => Task.FromResult<Delivery>(new Delivery.Done(
            $"{Server} answers{(options.Security == SmtpSecurity.None ? "" : " over TLS")}{(options.User is null ? "" : " and takes the login")}")),
        cancellationToken);

    private async Task<Delivery> TryAsync(Func<SmtpSession, CancellationToken, Task<Delivery>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var session = await SmtpSession.OpenAsync(options, both.Token);
            var outcome = await work(session, both.Token);
            await session.QuitAsync(both.Token);
            return outcome;
        }
        catch (SmtpRefusal problem)
        {
            return problem.IsLasting ? new Delivery.Refused($"{Server} {problem.Message}") : new Delivery.Away($"{Server} {problem.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Delivery.Away(string.Create(CultureInfo.InvariantCulture, $"{Server} did not answer within {options.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception problem) when (problem is SocketException or AuthenticationException or IOException)
        {
            return new Delivery.Away($"{Server}: {HttpReceiver.Words(problem)}");
        }
    }
}
