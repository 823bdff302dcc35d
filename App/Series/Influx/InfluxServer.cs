using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Collector.Configuration;

namespace App.Series.Influx;

/// <summary>The requests that the three dialects of InfluxDB take; those of the second are InfluxDB.Client's (<see cref="InfluxV2"/>), but for InfluxQL.</summary>
/// <remarks>A missing database is created where the dialect allows; one that is there is left as it is.</remarks>
internal sealed class InfluxServer : IDisposable
{
    // Enough for the server's words; a request of 10,000 bad lines is answered with 868 kB.
    private const int MostBytesOfAnAnswer = 16 * 1024;

    private readonly TimeSeriesOptions options;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly string root;
    private readonly InfluxV2? second;

    /// <summary>Makes one.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="http">What requests are sent with; it stays the caller's.</param>
    /// <param name="time">The clock.</param>
    public InfluxServer(TimeSeriesOptions options, HttpClient http, TimeProvider time)
    {
        this.options = options;
        this.http = http;
        this.time = time;
        root = options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Name = $"InfluxDB at {options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";
        IsCompressing = options.Compression == InfluxCompression.Gzip || (options.Compression == InfluxCompression.Auto && !options.Url.IsLoopback);
        second = options.Dialect == InfluxDialect.V2 ? new InfluxV2(options, Name, IsCompressing, time) : null;
    }

    /// <summary>The server, for messages: without anything that could be a secret.</summary>
    public string Name { get; }

    /// <summary>Whether points are sent compressed.</summary>
    public bool IsCompressing { get; }

    /// <summary>Whether <see cref="WriteAsync"/> wants lines gzipped beforehand; InfluxDB.Client does that by itself.</summary>
    public bool TakesGzip => IsCompressing && second is null;

    /// <summary>The client that requests are sent with.</summary>
    public static HttpClient Client() => new(Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>What carries requests.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        // A credential must not reach another server.
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
    };

    /// <inheritdoc/>
    public void Dispose() => second?.Dispose();

    /// <summary>Sends points once.</summary>
    /// <param name="place">Where they are kept.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="gzip">The same gzipped, which is sent instead where it can be; null: the lines are sent as they are.</param>
    /// <param name="points">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<WriteAnswer> WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, ReadOnlyMemory<byte>? gzip, int points, CancellationToken cancellationToken)
    {
        if (second is not null)
        {
            return await second.WriteAsync(place == SeriesPlace.Raw ? RawDatabase : options.Database, lines, points, cancellationToken);
        }

        using var content = new ReadOnlyMemoryContent(gzip ?? lines);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        if (gzip is not null)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        try
        {
            var answer = await SendAsync(HttpMethod.Post, WritePath(place), content, cancellationToken);
            return WriteAnswers.Read(options.Dialect, answer.Status, answer.Body, points, answer.RetryAfter);
        }
        catch (IOException problem)
        {
            return new WriteAnswer.Later(problem.Message, null);
        }
    }

    /// <summary>Whether it answers a ping; null: the dialect has none that we use.</summary>
    public async Task<bool?> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return second is null ? null : await second.PingAsync(cancellationToken);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Asks in InfluxQL, and gives the answer of the one statement.</summary>
    /// <exception cref="IOException">It could not be asked, or the server answered with an error: one line.</exception>
    public async Task<JsonDocument> QueryAsync(string query, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["q"] = query, ["db"] = options.Database, ["epoch"] = "s" });
        var answer = await SendAsync(HttpMethod.Post, "/query", content, cancellationToken, bounded: false);
        try
        {
            var document = JsonDocument.Parse(answer.Body);
            var error = document.RootElement.TryGetProperty("error", out var whole) ? whole
                : document.RootElement.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array && results.GetArrayLength() > 0
                    && results[0].TryGetProperty("error", out var one) ? one
                : default;
            if (error.ValueKind == JsonValueKind.Undefined && (int)answer.Status < 300)
            {
                return document;
            }

            var words = error.ValueKind == JsonValueKind.String ? error.GetString() : null;
            document.Dispose();
            throw new IOException($"{Name} refused a query: {words ?? string.Create(CultureInfo.InvariantCulture, $"status {(int)answer.Status}")}");
        }
        catch (JsonException problem)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{Name} answered a query with status {(int)answer.Status} and no JSON"), problem);
        }
    }

    /// <summary>Creates what is missing.</summary>
    /// <returns>Why not, in one line; null: it is there now.</returns>
    public async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            switch (options.Dialect)
            {
                case InfluxDialect.V1:
                    await CreateV1Async(cancellationToken);
                    break;
                case InfluxDialect.V2:
                    await second!.CreateAsync(options.Database, options.Retention, cancellationToken);
                    await second.CreateAsync(RawDatabase, options.RawRetention, cancellationToken);
                    break;
                default:
                    await CreateV3Async(options.Database, options.Retention, cancellationToken);
                    await CreateV3Async(RawDatabase, options.RawRetention, cancellationToken);
                    break;
            }

            return null;
        }
        catch (Exception problem) when (problem is IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return problem.Message;
        }
    }

    /// <summary>Who we say we are; null: nobody.</summary>
    internal static AuthenticationHeaderValue? Credentials(TimeSeriesOptions options) => options switch
    {
        { User: { } user } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}"))),
        { Token: { } token } => new AuthenticationHeaderValue(options.Dialect == InfluxDialect.V3 ? "Bearer" : "Token", token),
        _ => null,
    };

    /// <summary>The beginning of a body.</summary>
    internal static async Task<ReadOnlyMemory<byte>> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MostBytesOfAnAnswer];
        return bytes.AsMemory(0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken));
    }

    /// <summary>When the server wants to be asked again; null: it does not say.</summary>
    internal static TimeSpan? WishOf(HttpResponseMessage response, TimeProvider time)
    {
        var wish = response.Headers.RetryAfter;
        var after = wish?.Delta ?? (wish?.Date is { } date ? date - time.GetUtcNow() : null);
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }

    private string RawDatabase => options.Database + "/raw";

    private string WritePath(SeriesPlace place)
    {
        var database = Uri.EscapeDataString(options.Database);
        var both = Uri.EscapeDataString(place == SeriesPlace.Raw ? RawDatabase : options.Database);
        return options.Dialect switch
        {
            InfluxDialect.V1 => $"/write?db={database}{(place == SeriesPlace.Raw ? "&rp=raw" : "")}&precision=ns",
            _ => $"/api/v3/write_lp?db={both}&precision=nanosecond&accept_partial=true&no_sync=false",
        };
    }

    private async Task CreateV1Async(CancellationToken cancellationToken)
    {
        var length = options.Retention is { } kept ? Duration(kept) : "INF";
        await CommandAsync($"CREATE DATABASE \"{options.Database}\" WITH DURATION {length} SHARD DURATION 7d NAME \"autogen\"", cancellationToken);
        await CommandAsync($"CREATE RETENTION POLICY \"raw\" ON \"{options.Database}\" DURATION {Duration(options.RawRetention)} REPLICATION 1 SHARD DURATION 1d", cancellationToken);
    }

    private async Task CommandAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await QueryAsync(command, cancellationToken);
        }
        catch (IOException problem) when (problem.Message.Contains("already exists", StringComparison.Ordinal) || problem.Message.Contains("conflicts", StringComparison.Ordinal))
        {
            // There, with other times than ours: the operator's own.
        }
    }

    private static string Duration(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(time.TotalHours)}h");

    private async Task CreateV3Async(string database, TimeSpan? kept, CancellationToken cancellationToken)
    {
        const string Path = "/api/v3/configure/database";
        using var content = JsonContent.Create(
            kept is { } time ? new Dictionary<string, string> { ["db"] = database, ["retention_period"] = Duration(time) } : new Dictionary<string, string> { ["db"] = database });
        var answer = await SendAsync(HttpMethod.Post, Path, content, cancellationToken);

        // 409 and 422: it is there already.
        if ((int)answer.Status is >= 300 and not 409 and not 422)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{Name} answered POST {Path} with status {(int)answer.Status}"));
        }
    }

    /// <exception cref="IOException">No answer: one line.</exception>
    private async Task<InfluxAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, bool bounded = true)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, root + path) { Content = content };
            request.Headers.Authorization = Credentials(options);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = bounded ? Encoding.UTF8.GetString((await BeginningAsync(response.Content, either.Token)).Span) : await response.Content.ReadAsStringAsync(either.Token);
            return new InfluxAnswer(response.StatusCode, body, WishOf(response, time));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"no answer within {options.RequestTimeout.TotalSeconds:0.#} s"));
        }
        catch (HttpRequestException problem)
        {
            throw new IOException((problem.InnerException ?? problem).Message, problem);
        }
    }
}
