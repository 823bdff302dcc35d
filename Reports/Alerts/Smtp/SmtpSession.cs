using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Collector.Configuration.Alerts;
using Reports.Alerts.Http;

namespace Reports.Alerts.Smtp;

/// <summary>One conversation with a mail server (RFC 5321, 3207, 4954).</summary>
/// <remarks>The framework's own client knows no TLS from the beginning, lets nobody choose whom to trust, and its makers advise against it.</remarks>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private const int MostLines = 100;

    private readonly SmtpOptions options;
    private readonly TcpClient client = new();
    private readonly byte[] buffer = new byte[LongestLine];
    private Stream stream = Stream.Null;
    private int start;
    private int end;
    private IReadOnlyList<string> extensions = [];

    private SmtpSession(SmtpOptions options) => this.options = options;

    /// <summary>The port that goes with a protection.</summary>
    public static int PortOf(SmtpOptions options) => options.Port ?? options.Security switch
    {
        SmtpSecurity.Tls => 465,
        SmtpSecurity.StartTls => 587,
        _ => 25,
    };

    /// <summary>Connects, encrypts where that is wanted, and logs in where somebody is named.</summary>
    /// <exception cref="SmtpRefusal">The server does not want us, or does not offer what is wanted.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpOptions options, CancellationToken cancellationToken)
    {
        var session = new SmtpSession(options);
        try
        {
            await session.client.ConnectAsync(options.Host!, PortOf(options), cancellationToken);
            session.stream = session.client.GetStream();
            if (options.Security == SmtpSecurity.Tls)
            {
                await session.EncryptAsync(cancellationToken);
            }

            await session.ExpectAsync("connecting", 220, cancellationToken);
            await session.GreetAsync(cancellationToken);
            if (options.Security == SmtpSecurity.StartTls)
            {
                if (!session.extensions.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
                {
                    // Perhaps somebody in between took the offer away: never in the clear instead.
                    throw new SmtpRefusal(isLasting: true, "does not offer STARTTLS");
                }

                await session.SayAsync("STARTTLS", "STARTTLS", 220, cancellationToken);

                // What arrived before the encryption began is nobody's word.
                session.start = session.end = 0;
                await session.EncryptAsync(cancellationToken);
                await session.GreetAsync(cancellationToken);
            }

            if (options.User is not null)
            {
                await session.LogInAsync(cancellationToken);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands over a message.</summary>
    /// <param name="from">The sender's address.</param>
    /// <param name="to">The recipients' addresses.</param>
    /// <param name="message">The message, its lines ended by CR LF.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was said of recipients that the server does not take, while it takes others; empty: it takes all.</returns>
    public async Task<IReadOnlyList<string>> SendAsync(string from, IReadOnlyList<string> to, string message, CancellationToken cancellationToken)
    {
        await SayAsync($"MAIL FROM:<{from}>", "the sender", 250, cancellationToken);
        var refused = new List<SmtpRefusal>();
        foreach (var address in to)
        {
            try
            {
                await SayAsync($"RCPT TO:<{address}>", address, 250, cancellationToken);
            }
            catch (SmtpRefusal problem)
            {
                refused.Add(problem);
            }
        }

        if (refused.Count == to.Count)
        {
            throw refused.FirstOrDefault(problem => !problem.IsLasting) ?? refused[0];
        }

        await SayAsync("DATA", "DATA", 354, cancellationToken);
        var lines = message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes((lines.StartsWith('.') ? "." : "") + lines + ".\r\n"), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        await ExpectAsync("the message", 250, cancellationToken);
        return [.. refused.Select(problem => problem.Message)];
    }

    /// <summary>Says good-bye; whether the server answers does not matter any more.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SayAsync("QUIT", "QUIT", 221, cancellationToken);
        }
        catch (Exception problem) when (problem is SmtpRefusal or IOException or OperationCanceledException)
        {
            // What was to be done is done.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        client.Dispose();
    }

    private async Task EncryptAsync(CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false, CertificateRule.Of(options.CertificateSha256));
        stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host! }, cancellationToken);
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var local = client.Client.LocalEndPoint is System.Net.IPEndPoint { Address: var address } ? address : System.Net.IPAddress.Loopback;
        var name = address4(local) is { } four ? $"[{four}]" : $"[IPv6:{local}]";
        extensions = [.. (await SayAsync($"EHLO {name}", "EHLO", 250, cancellationToken)).Skip(1)];

        static string? address4(System.Net.IPAddress address) =>
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() : null;
    }

    private async Task LogInAsync(CancellationToken cancellationToken)
    {
        var ways = extensions.FirstOrDefault(extension => extension.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ')[1..] ?? [];
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await SayAsync($"AUTH PLAIN {Encoded($"\0{options.User}\0{options.Password}")}", "the login", 235, cancellationToken);
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            await SayAsync("AUTH LOGIN", "the login", 334, cancellationToken);
            await SayAsync(Encoded(options.User!), "the login", 334, cancellationToken);
            await SayAsync(Encoded(options.Password ?? ""), "the login", 235, cancellationToken);
        }
        else
        {
            throw new SmtpRefusal(isLasting: true, "offers neither AUTH PLAIN nor AUTH LOGIN");
        }

        static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    /// <param name="line">What is said. May hold a secret: it is in no message.</param>
    /// <param name="what">What it is about, for the message when it is refused.</param>
    /// <param name="expected">The code that means yes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<IReadOnlyList<string>> SayAsync(string line, string what, int expected, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return await ExpectAsync(what, expected, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> ExpectAsync(string what, int expected, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                throw new SmtpRefusal(isLasting: false, $"speaks no SMTP: {AlertText.Short(line)}");
            }

            lines.Add(line.Length > 4 ? line[4..].Trim() : "");
            if (line.Length > 3 && line[3] == '-')
            {
                continue;
            }

            // 251 and 252 are a yes to a recipient, too.
            return code == expected || (expected == 250 && code is 251 or 252)
                ? lines
                : throw new SmtpRefusal(code >= 500, string.Create(CultureInfo.InvariantCulture, $"{(code >= 500 ? "refused" : "did not take")} {what}: {code} {AlertText.Short(string.Join(' ', lines))}"));
        }

        throw new SmtpRefusal(isLasting: false, "answers without end");
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                var line = Encoding.UTF8.GetString(buffer, start, length).TrimEnd('\r');
                start += length + 1;
                return line;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                throw new SmtpRefusal(isLasting: false, "answers with a line that is too long");
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                throw new IOException("the connection was closed");
            }

            end += read;
        }
    }
}
