using System.Net;
using System.Net.Sockets;
using System.Text;
using App.Web.Connections;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Tests.Web;

/// <summary>Hundreds of connections from one process, slow with headers or with bodies, shut nobody out: the supervisor on the same machine least of all.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private const int Many = 300;

    // A supervisor gives up after some seconds; this machine may be slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Socket> sockets = [];
    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        sockets.ForEach(socket => socket.Dispose());
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")]
    [InlineData("POST /login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nkey=")]
    [InlineData("")]
    public async Task Three_hundred_slow_connections_of_one_client_do_not_shut_out_health(string beginning)
    {
        for (var one = 0; one < Many; one++)
        {
            await OpenAsync(beginning, IPAddress.Loopback);
        }

        using var supervisor = new HttpClient { BaseAddress = host.Address, Timeout = Patience };
        Assert.Equal("ok\n", await supervisor.GetStringAsync("/health/live"));
        Assert.Equal("ready\n", await supervisor.GetStringAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, (await supervisor.GetAsync("/api/v1/pops")).StatusCode);
        Assert.InRange(host.Services.GetRequiredService<ConnectionLimits>().Count, 1, 129);
    }

    [Fact]
    public async Task A_connection_of_another_client_is_left_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the whole of 127.0.0.0/8 is this machine on Linux");
        var other = await OpenAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n", IPAddress.Parse("127.0.0.9"));
        for (var one = 0; one < Many; one++)
        {
            await OpenAsync("GET / HTTP/1.1\r\nX-Slow: ", IPAddress.Loopback);
        }

        await other.SendAsync(Encoding.ASCII.GetBytes("\r\n"));
        var answer = new byte[1024];
        using var patience = new CancellationTokenSource(Patience);
        var read = await other.ReceiveAsync(answer, patience.Token);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }

    private async Task<Socket> OpenAsync(string beginning, IPAddress from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(socket);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(beginning));
        }
        catch (SocketException)
        {
            // It has made room already.
        }

        return socket;
    }
}
