using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Collector.Configuration;
using Collector.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Collector.Atlas;

/// <summary>How an answer is treated.</summary>
internal enum RequestKind
{
    /// <summary>A small JSON answer: read whole, bounded, and tried again when it is not JSON.</summary>
    Metadata,

    /// <summary>A large answer that the caller reads as it comes.</summary>
    Results,

    /// <summary>A POST: tried again only when it surely did nothing.</summary>
    Creation,
}

/// <summary>Sends one request of the API, as often as it makes sense: attempts with a time limit, exponential back-off with
/// jitter, <c>Retry-After</c>, redirects inside the configured server only, and to nobody else the key.</summary>
internal sealed partial class AtlasHandler : DelegatingHandler
{
    public const string KindName = "Atlas.Kind";

    public static readonly HttpRequestOptionsKey<RequestKind> Kind = new(KindName);
    public static readonly HttpRequestOptionsKey<int> Attempts = new("Atlas.Attempts");

    // 500 probe objects are 1.5 MB; the answer of /latest/ for all 13,000 probes some 15 MB.
    private const int MaximumMetadataBytes = 64 * 1024 * 1024;
    private const int MaximumErrorBytes = 64 * 1024;
    private const int MaximumRedirects = 3;

    private static readonly ResiliencePropertyKey<HttpRequestMessage> RequestKey = new("Atlas.Request");

    private readonly AtlasOptions options;
    private readonly AuthenticationHeaderValue? credentials;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ResiliencePipeline<HttpResponseMessage> pipeline;

    public AtlasHandler(AtlasOptions options, TimeProvider time, ILogger<AtlasHandler> logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        credentials = AtlasAgent.Key(options) is { } key ? new AuthenticationHeaderValue("Key", key) : null;

        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(2),
                MaxDelay = TimeSpan.FromMinutes(1),
                ShouldHandle = arguments => ValueTask.FromResult(ShouldRetry(arguments.Context, arguments.Outcome)),
                DelayGenerator = arguments => ValueTask.FromResult(WishOf(arguments.Outcome)),
                OnRetry = arguments =>
                {
                    Say(RequestOf(arguments.Context), arguments.Outcome, arguments.RetryDelay, arguments.AttemptNumber + 1);
                    return default;
                },
            });
        }

        builder.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = arguments => ValueTask.FromResult(LimitOf(RequestOf(arguments.Context))),
        });
        pipeline = builder.Build();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestKey, request);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (context, handler) => await handler.AttemptAsync(RequestOf(context), context.CancellationToken), context, this);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static HttpRequestMessage RequestOf(ResilienceContext context) => context.Properties.GetValue(RequestKey, null!);

    private static RequestKind KindOf(HttpRequestMessage request) => request.Options.TryGetValue(Kind, out var kind) ? kind : RequestKind.Metadata;

    private static bool IsAtlas(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not null || (BufferedContent.Of(response) is { } body && AtlasError.Parse(body) is not null);

    // Results have a beginning that takes as long as the server needs to look; its idle time covers that too.
    private TimeSpan LimitOf(HttpRequestMessage request) => KindOf(request) == RequestKind.Results ? options.IdleTimeout : options.RequestTimeout;

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var outcome = "error";
        try
        {
            var response = await TryAsync(request, cancellationToken);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        catch (OperationCanceledException)
        {
            outcome = "timeout";
            throw;
        }
        finally
        {
            MeasurementMeter.AtlasRequests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private async Task<HttpResponseMessage> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(Attempts, out var attempts);
        request.Options.Set(Attempts, attempts + 1);

        var response = await FollowAsync(request, cancellationToken);
        try
        {
            var kind = KindOf(request);
            if (!response.IsSuccessStatusCode)
            {
                await BufferedContent.ReplaceAsync(response, MaximumErrorBytes, cut: true, cancellationToken);
            }
            else if (kind != RequestKind.Results)
            {
                var body = await BufferedContent.ReplaceAsync(response, MaximumMetadataBytes, cut: kind == RequestKind.Creation, cancellationToken);
                if (kind == RequestKind.Metadata && request.Method == HttpMethod.Get && !IsJson(body))
                {
                    throw new NotJsonException();
                }
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = AtlasAddress.IsSameServer(request.RequestUri!, options.BaseUrl) ? credentials : null;
        var response = await base.SendAsync(request, cancellationToken);
        for (var redirects = 0; IsRedirect(response); redirects++)
        {
            var from = request.RequestUri!;
            var to = response.Headers.Location is { } location ? new Uri(from, location) : null;
            response.Dispose();
            if (request.Method != HttpMethod.Get || to is null || redirects == MaximumRedirects || !AtlasAddress.IsSameServer(to, options.BaseUrl))
            {
                // The key must never reach another server, and a creation must not be sent twice.
                throw new AtlasException(
                    $"{AtlasAddress.Describe(request)} was redirected to {(to is null ? "nowhere" : to.GetLeftPart(UriPartial.Path))}, which is not followed; is Atlas:BaseUrl right?");
            }

            request.RequestUri = to;
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { AllowMultipleValues = true });
            var anything = false;
            while (reader.Read())
            {
                anything = true;
            }

            return anything;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool ShouldRetry(ResilienceContext context, Outcome<HttpResponseMessage> outcome)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return false;
        }

        var creation = KindOf(RequestOf(context)) == RequestKind.Creation;
        if (outcome.Exception is { } problem)
        {
            return problem switch
            {
                AtlasException => false,
                _ when creation => RetryRules.NeverSent(problem),
                HttpRequestException or IOException or TimeoutRejectedException or NotJsonException => true,
                _ => false,
            };
        }

        var response = outcome.Result!;
        return RetryRules.MayPass(response.StatusCode)
            && (!creation || RetryRules.NothingCreated(response.StatusCode, IsAtlas(response)))
            && RetryRules.RetryAfter(response.Headers, time.GetUtcNow()) is var wish && (wish is null || wish <= options.LongestWait);
    }

    private TimeSpan? WishOf(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryRules.RetryAfter(response.Headers, time.GetUtcNow()) : null;

    private void Say(HttpRequestMessage request, Outcome<HttpResponseMessage> outcome, TimeSpan delay, int attempt)
    {
        var what = AtlasAddress.Describe(request);
        if (outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Throttled(what, delay.TotalSeconds);
        }
        else
        {
            Retrying(what, outcome.Exception is { } problem ? AtlasAddress.Explain(problem) : $"status {(int)outcome.Result!.StatusCode}", delay.TotalSeconds, attempt, options.Retries);
        }
    }
}

/// <summary>A success whose body is not what the API gives.</summary>
internal sealed class NotJsonException() : Exception("the answer is not JSON");

/// <summary>A body that was read whole.</summary>
internal sealed class BufferedContent : ByteArrayContent
{
    private readonly ReadOnlyMemory<byte> bytes;

    private BufferedContent(byte[] buffer, int length)
        : base(buffer, 0, length) => bytes = buffer.AsMemory(0, length);

    /// <summary>The body, when it was read whole.</summary>
    public static ReadOnlyMemory<byte>? Of(HttpResponseMessage response) => response.Content is BufferedContent content ? content.bytes : null;

    /// <summary>Reads the body whole and puts it in the place of the stream.</summary>
    /// <param name="response">The response.</param>
    /// <param name="maximum">The most bytes that are taken.</param>
    /// <param name="cut">Whether a longer body is cut; else it is an error.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<ReadOnlyMemory<byte>> ReplaceAsync(HttpResponseMessage response, int maximum, bool cut, CancellationToken cancellationToken)
    {
        var original = response.Content;
        await using var stream = await original.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[8192];
        var length = 0;
        for (int read; (read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0;)
        {
            length += read;
            if (length < buffer.Length)
            {
                continue;
            }

            if (length >= maximum)
            {
                if (cut)
                {
                    break;
                }

                throw new AtlasException($"the answer to {AtlasAddress.Describe(response.RequestMessage!)} is longer than {maximum >> 20} MiB, which no answer of Atlas is");
            }

            Array.Resize(ref buffer, Math.Min(maximum, buffer.Length * 2));
        }

        var content = new BufferedContent(buffer, length);
        content.Headers.ContentType = original.Headers.ContentType is { } type ? new MediaTypeHeaderValue(type.MediaType!) : null;
        response.Content = content;
        original.Dispose();
        return content.bytes;
    }
}
