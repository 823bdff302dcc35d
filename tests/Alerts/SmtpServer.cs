using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tests.Alerts;

/// <summary>A mail server on 127.0.0.1 that does what a test tells it to.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task serving;

    public SmtpServer()
    {
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Shown when TLS begins; null: none is offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether TLS begins with the connection.</summary>
    public bool IsEncryptedAtOnce { get; init; }

    /// <summary>What EHLO offers besides.</summary>
    public string Offers { get; init; } = "";

    /// <summary>Its answer to a command; null: the usual one. An empty one: it hangs up.</summary>
    public Func<string, string?> Answer { get; init; } = _ => null;

    /// <summary>Whether it hangs up in the middle of the message.</summary>
    public bool HangsUpInData { get; init; }

    /// <summary>The command that it never answers, or <c>(message)</c>; null: it answers all.</summary>
    public string? SilentAt { get; init; }

    /// <summary>All that was said to it but the messages themselves, with TLS where it began.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>The messages that it took.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await serving;
        listener.Stop();
        end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(end.Token);
                try
                {
                    await TalkAsync(client);
                }
                catch (Exception problem) when (problem is IOException or AuthenticationException)
                {
                    Said.Enqueue("(broken off)");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        Stream stream = client.GetStream();
        if (IsEncryptedAtOnce)
        {
            stream = await EncryptAsync(stream);
        }

        await SayAsync("220 test ESMTP");
        while (await ReadAsync() is { } line)
        {
            Said.Enqueue(line);
            var verb = line.Split(' ')[0].ToUpperInvariant();
            await FallSilentAsync(verb);
            var answer = Answer(line) ?? verb switch
            {
                "EHLO" => $"250-test\r\n{(Certificate is not null && stream is not SslStream ? "250-STARTTLS\r\n" : "")}{(Offers.Length > 0 ? $"250-{Offers}\r\n" : "")}250 8BITMIME",
                "STARTTLS" => "220 go ahead",
                "AUTH" when line is "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                "AUTH" when line is "AUTH CRAM-MD5" => "334 PDFAdGVzdD4=",
                "AUTH" => "235 welcome",
                "DATA" => "354 go ahead",
                "QUIT" => "221 bye",
                _ => "250 fine",
            };
            if (answer.Length == 0)
            {
                return;
            }

            await SayAsync(answer);
            switch (verb)
            {
                case "STARTTLS" when answer[0] == '2':
                    stream = await EncryptAsync(stream);
                    break;
                case "AUTH" when line is "AUTH CRAM-MD5":
                    Said.Enqueue(await ReadAsync() ?? "");
                    await SayAsync("235 welcome");
                    break;
                case "AUTH" when answer.StartsWith("334", StringComparison.Ordinal):
                    Said.Enqueue(await ReadAsync() ?? "");
                    await SayAsync("334 UGFzc3dvcmQ6");
                    Said.Enqueue(await ReadAsync() ?? "");
                    await SayAsync("235 welcome");
                    break;
                case "DATA" when answer.StartsWith("354", StringComparison.Ordinal):
                    if (await TakeAsync() is not { } message)
                    {
                        return;
                    }

                    await FallSilentAsync("(message)");
                    var verdict = Answer("(message)") ?? "250 taken";
                    if (verdict.StartsWith("250", StringComparison.Ordinal))
                    {
                        Messages.Enqueue(message);
                    }

                    await SayAsync(verdict);
                    break;
                case "QUIT":
                    return;
            }
        }

        async Task FallSilentAsync(string at)
        {
            if (at == SilentAt)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, end.Token);
            }
        }

        async Task<string?> TakeAsync()
        {
            var message = new StringBuilder();
            while (await ReadAsync() is { } line)
            {
                if (line == ".")
                {
                    return message.ToString();
                }

                if (HangsUpInData)
                {
                    return null;
                }

                message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            return null;
        }

        async Task<Stream> EncryptAsync(Stream plain)
        {
            var encrypted = new SslStream(plain, leaveInnerStreamOpen: false);
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, end.Token);
            Said.Enqueue("(TLS)");
            return encrypted;
        }

        async Task SayAsync(string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), end.Token);

        async Task<string?> ReadAsync()
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, end.Token) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(one[0]);
            }

            return null;
        }
    }
}
