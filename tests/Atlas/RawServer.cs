using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tests.Atlas;

/// <summary>Answers each connection with bytes as they are given and closes it: so an answer can end anywhere, and what was
/// sent of it arrives (a web server that aborts may lose what it had sent).</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task serving;

    public RawServer(Func<string, string> answer)
    {
        listener.Start();
        serving = ServeAsync(answer);
    }

    public Uri Api => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api/v2/");

    /// <summary>Path and query of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>An answer that says how long it will be.</summary>
    public static string WithLength(string body, int length) => $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}";

    /// <summary>An answer in one chunk.</summary>
    /// <param name="body">The chunk.</param>
    /// <param name="whole">Whether the chunk that ends the answer follows.</param>
    public static string Chunked(string body, bool whole) =>
        $"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n{(whole ? "0\r\n\r\n" : "")}";

    /// <summary>An answer as HTTP/1.0 gave it: it ends where the connection ends, and nobody can tell whether that was meant.</summary>
    public static string UntilClosed(string body) => $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        // In this order: a listener that stops while the next connection is awaited ends the loop in one way or another, by chance.
        await end.CancelAsync();
        await serving;
        listener.Stop();
        end.Dispose();
    }

    private async Task ServeAsync(Func<string, string> answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(end.Token);
                await using var stream = client.GetStream();
                var request = new StringBuilder();
                var buffer = new byte[8192];
                while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer, end.Token);
                    request.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }

                var line = request.ToString().Split(' ')[1];
                Requests.Enqueue(line);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(line)), end.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                while (await stream.ReadAsync(buffer, end.Token) > 0)
                {
                }
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or SocketException or IOException)
        {
            // The test is over.
        }
    }
}
