using System.Globalization;
using System.Net.Sockets;
using App.Alerts.Http;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace App.Alerts.Mail;

/// <summary>Tells people by mail. Each message is a conversation of its own: they are rare.</summary>
internal sealed class SmtpSender(SmtpOptions options, Links links, TimeProvider time) : IAlertSender
{
    private string Server => string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{MailClient.PortOf(options)}");

    /// <inheritdoc/>
    public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken) => TryAsync(
        async (client, limit) =>
        {
            using var mail = MailMessage.Of(message, links, options.From!, options.To);
            await client.SendAsync(mail, limit);
            return new Delivery.Done(client.Refused.Count == 0 ? null : $"{Server}: {string.Join("; ", client.Refused.Select(one => one.Words))}");
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Delivery> LookAsync(CancellationToken cancellationToken) => TryAsync(
        (_, _) => Task.FromResult<Delivery>(new Delivery.Done(
            $"{Server} answers{(options.Security == SmtpSecurity.None ? "" : " over TLS")}{(options.User is null ? "" : " and takes the login")}")),
        cancellationToken);

    private async Task<Delivery> TryAsync(Func<MailClient, CancellationToken, Task<Delivery>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var watch = new SmtpWatch();
        using var client = new MailClient(options, watch);
        try
        {
            await client.OpenAsync(both.Token);
            var outcome = await work(client, both.Token);
            await QuitAsync(client, both.Token);
            return outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Delivery.Away(string.Create(CultureInfo.InvariantCulture, $"{Server} did not answer within {options.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return Explain(problem, client, watch);
        }
    }

    /// <summary>Says good-bye; whether the server answers does not matter any more.</summary>
    private static async Task QuitAsync(MailClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or SmtpCommandException or SmtpProtocolException or SmtpNonsenseException)
        {
            // What was to be done is done.
        }
    }

    /// <summary>What a failure means: no for good (5yz, or nothing to encrypt with), or not now.</summary>
    private Delivery Explain(Exception problem, MailClient client, SmtpWatch watch)
    {
        switch (problem)
        {
            case NoRecipientsException:
                // One that may be taken later is worth another attempt.
                var refused = client.Refused.Any(one => !one.IsLasting) ? client.Refused.First(one => !one.IsLasting) : client.Refused[0];
                return No(refused.IsLasting, refused.Words);
            case AuthenticationException { InnerException: SmtpCommandException inner }:
                return No(inner, "the login");
            case AuthenticationException:
                return No(isLasting: true, $"refused the login: {watch.LastLine}");
            case SmtpCommandException command:
                return No(command, command.ErrorCode switch
                {
                    SmtpErrorCode.SenderNotAccepted => "the sender",
                    SmtpErrorCode.RecipientNotAccepted => command.Mailbox?.Address ?? "a recipient",
                    SmtpErrorCode.MessageNotAccepted => "the message",
                    _ => "a command",
                });
            case NotSupportedException when !client.IsSecure && options.Security == SmtpSecurity.StartTls:
                // Perhaps somebody in between took the offer away: never in the clear instead.
                return No(isLasting: true, "does not offer STARTTLS");
            case NotSupportedException:
                return No(isLasting: true, $"offers no login that we know: {AlertText.Short(string.Join(' ', client.AuthenticationMechanisms.Order(StringComparer.Ordinal)))}");
            case SmtpNonsenseException:
                return No(isLasting: false, problem.Message);
            case SmtpProtocolException when problem.Message.Contains("disconnected", StringComparison.Ordinal):
                return new Delivery.Away($"{Server}: the connection was closed");
            case SmtpProtocolException:
                return No(isLasting: false, $"speaks no SMTP: {watch.LastLine}");
            case SslHandshakeException when client.CertificateProblem is { } certificate:
                return new Delivery.Away($"{Server}: no trusted TLS connection: {certificate}");
            default:
                return new Delivery.Away($"{Server}: {HttpReceiver.Words(problem is SslHandshakeException { InnerException: { } inside } ? inside : problem)}");
        }
    }

    private Delivery No(SmtpCommandException problem, string about)
    {
        var (isLasting, words) = MailClient.Words(problem.StatusCode, about, problem.Message);
        return No(isLasting, words);
    }

    private Delivery No(bool isLasting, string words) => isLasting ? new Delivery.Refused($"{Server} {words}") : new Delivery.Away($"{Server} {words}");
}
