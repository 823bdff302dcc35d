using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;

namespace App.Alerts.Http;

/// <summary>Posts JSON to one address, and says in one line how that went. Redirects are not followed; of an answer no more is read than its
/// first words.</summary>
internal sealed class HttpReceiver : IDisposable
{
    private const int MostRead = 4096;
    private const int MostQuoted = 200;

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly RemoteCertificateValidationCallback? certificates;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;

    /// <summary>Prepares; nothing is sent yet.</summary>
    /// <param name="address">Where to. May be a secret: only host and port are ever told.</param>
    /// <param name="options">How long it may take, and which certificate the operator named.</param>
    /// <param name="time">The clock.</param>
    public HttpReceiver(Uri address, AlertRouteOptions options, TimeProvider time)
    {
        this.address = address;
        this.time = time;
        timeout = options.Timeout;
        certificates = CertificateRule.Of(options.CertificateSha256);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = certificates },
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Whom we speak of in messages.</summary>
    public string Server => address.IsDefaultPort ? address.Host : string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>Posts.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="prepare">Adds headers; null: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Delivery> PostAsync(byte[] body, Action<HttpRequestHeaders>? prepare, CancellationToken cancellationToken) => AskAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            prepare?.Invoke(request.Headers);
            return request;
        },
        cancellationToken);

    /// <summary>Gets something, to see whether it is there.</summary>
    public Task<Delivery> GetAsync(Action<HttpRequestHeaders>? prepare, CancellationToken cancellationToken) => AskAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, address);
            prepare?.Invoke(request.Headers);
            return request;
        },
        cancellationToken);

    /// <summary>Connects, with TLS where the address has it, and says nothing.</summary>
    public Task<Delivery> ConnectAsync(CancellationToken cancellationToken) => TryAsync(
        async limit =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, limit);
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: true, certificates);
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, limit);
            }

            return new Delivery.Done($"{Server} can be reached{(address.Scheme == Uri.UriSchemeHttps ? " over TLS" : "")}");
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>The reason of a failure in words that hold no address.</summary>
    internal static string Words(Exception problem) => problem switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "no such host",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => "no such host",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        SocketException socket => AlertText.Short(socket.Message),
        AuthenticationException => $"no trusted TLS connection: {Innermost(problem)}",
        { InnerException: { } inner } => Words(inner),
        _ => AlertText.Short(problem.Message),
    };

    private static string Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : AlertText.Short(problem.Message);

    private Task<Delivery> AskAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken) => TryAsync(
        async limit =>
        {
            using var request = make();
            request.Headers.UserAgent.ParseAdd("measurement");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            return response.IsSuccessStatusCode ? new Delivery.Done() : await ExplainAsync(response, limit);
        },
        cancellationToken);

    private async Task<Delivery> TryAsync(Func<CancellationToken, Task<Delivery>> attempt, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await attempt(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Delivery.Away(string.Create(CultureInfo.InvariantCulture, $"{Server} did not answer within {timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception problem) when (problem is HttpRequestException or SocketException or AuthenticationException or IOException)
        {
            return new Delivery.Away($"{Server}: {Words(problem)}");
        }
    }

    private async Task<Delivery> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            var to = response.Headers.Location is { } location && Uri.TryCreate(address, location, out var whole) ? whole.Host : "nowhere";
            return new Delivery.Refused(string.Create(CultureInfo.InvariantCulture, $"{Server} answered {status}, a redirect to {AlertText.Short(to)}, which is not followed"));
        }

        var words = await QuoteAsync(response, cancellationToken);
        var problem = string.Create(CultureInfo.InvariantCulture, $"{Server} answered {status}{words}");
        return response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || status >= 500
            ? new Delivery.Away(problem, Wish(response.Headers.RetryAfter))
            : new Delivery.Refused(problem);
    }

    private TimeSpan? Wish(RetryConditionHeaderValue? after) => after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : null);

    private static async Task<string> QuoteAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostRead];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            for (int read; length < buffer.Length && (read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0;)
            {
                length += read;
            }
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            // The status says enough.
        }

        var text = AlertText.Cut(AlertText.Line(Encoding.UTF8.GetString(buffer, 0, length)), MostQuoted);
        return text.Length == 0 ? "" : $": {text}";
    }
}
