using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using App.Alerts.Http;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace App.Alerts.Mail;

/// <summary>MailKit's client with our rules: the operator's certificate or the machine's, encryption or nothing, and one bad recipient keeps nothing from
/// the others.</summary>
/// <param name="options">Which server, and how.</param>
/// <param name="watch">Listens to the server.</param>
internal sealed class MailClient(SmtpOptions options, SmtpWatch watch) : SmtpClient(watch)
{
    private readonly List<(bool IsLasting, string Words)> refused = [];

    /// <summary>What was said of recipients that the server does not take.</summary>
    public IReadOnlyList<(bool IsLasting, string Words)> Refused => refused;

    /// <summary>Why the server's certificate is not accepted; null: it is, or none was seen.</summary>
    public string? CertificateProblem { get; private set; }

    /// <summary>The port that goes with a protection.</summary>
    public static int PortOf(SmtpOptions options) => options.Port ?? options.Security switch
    {
        SmtpSecurity.Tls => 465,
        SmtpSecurity.StartTls => 587,
        _ => 25,
    };

    /// <summary>Connects, encrypts where that is wanted, and logs in where somebody is named.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // Always a rule of ours: MailKit's own lets certificates of known providers pass that the machine does not trust.
        ServerCertificateValidationCallback = IsAccepted;
        SslProtocols = SslProtocols.None;
        CheckCertificateRevocation = false;

        // The token ends it, by the clock that we are given; MailKit's own limit, of real time, is only behind that.
        Timeout = (int)Math.Min(int.MaxValue, options.Timeout.TotalMilliseconds * 2);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(options.Host!, PortOf(options), cancellationToken);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            LocalDomain = (local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local).ToString();
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // From here on the socket is MailKit's.
        await ConnectAsync(
            socket,
            options.Host!,
            PortOf(options),
            options.Security switch
            {
                SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
                SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.None,
            },
            cancellationToken);
        if (options.User is { } user)
        {
            await LogInAsync(new NetworkCredential(user, options.Password ?? ""), cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(response);
        refused.Add(Words(response.StatusCode, mailbox.Address, response.Response));
    }

    /// <inheritdoc/>
    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new NoRecipientsException();

    /// <summary>A no in words that follow the server's name.</summary>
    internal static (bool IsLasting, string Words) Words(SmtpStatusCode status, string about, string said)
    {
        var isLasting = (int)status >= 500;
        return (isLasting, string.Create(
            CultureInfo.InvariantCulture, $"{(isLasting ? "refused" : "did not take")} {about}: {(int)status} {AlertText.Short(said.ReplaceLineEndings(" "))}"));
    }

    private bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var isAccepted = CertificateRule.Of(options.CertificateSha256)?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        CertificateProblem = isAccepted ? null
            : $"the certificate is not accepted ({string.Join(", ", chain?.ChainStatus.Select(status => status.Status.ToString()).Prepend(errors.ToString()) ?? [errors.ToString()])})";
        return isAccepted;
    }

    /// <summary>Tries one way only: a server may count how often a login fails.</summary>
    private Task LogInAsync(NetworkCredential login, CancellationToken cancellationToken) =>
        AuthenticationMechanisms.Contains("PLAIN") ? AuthenticateAsync(new SaslMechanismPlain(Encoding.UTF8, login), cancellationToken)
        : AuthenticationMechanisms.Contains("LOGIN") ? AuthenticateAsync(new SaslMechanismLogin(Encoding.UTF8, login), cancellationToken)
        : AuthenticateAsync(Encoding.UTF8, login, cancellationToken);
}

/// <summary>Nobody of those whom a message is for is taken by the server.</summary>
internal sealed class NoRecipientsException : Exception;
