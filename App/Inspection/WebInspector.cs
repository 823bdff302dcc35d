using System.Net;
using System.Net.Sockets;
using App.Web;
using Collector.Configuration;

namespace App.Inspection;

/// <summary>Looks whether the service can answer over HTTP where it is told to.</summary>
internal static class WebInspector
{
    // Whoever listens there is on this machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks.</summary>
    public static async Task<Inspected> InspectAsync(Settings settings, CancellationToken cancellationToken)
    {
        var options = settings.Web;
        IPEndPoint? found;
        try
        {
            found = ListenAddress.Of(settings);
        }
        catch (ConfigurationException problem)
        {
            return Inspected.Failed("web", problem.Message, "docs/http.md says how to make a key");
        }

        var key = options.KeyHash is null ? "; without Web:KeyHash nothing can be started or changed over HTTP" : "";
        if (found is not { } address)
        {
            return Inspected.Ok("web", $"listens where Kestrel:Endpoints says{key}");
        }

        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return Inspected.Ok("web", $"{options.Listen} is free to listen on{key}");
        }
        catch (SocketException problem) when (problem.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return await IsOursAsync(options.Listen, cancellationToken)
                ? Inspected.Ok("web", $"{options.Listen}: the service runs and answers{key}")
                : Inspected.Failed("web", $"{options.Listen} is in use by another program", "end that one, or choose another port with Web:Listen");
        }
        catch (SocketException problem)
        {
            return Inspected.Failed("web", $"{options.Listen} cannot be listened on: {problem.Message}", "choose an address of this machine, and a port from 1024 on, with Web:Listen");
        }
    }

    private static async Task<bool> IsOursAsync(Uri listen, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience, MaxResponseContentBufferSize = 1024 };
        try
        {
            return await http.GetStringAsync(new Uri(listen, "/health/live"), cancellationToken) == "ok\n";
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
