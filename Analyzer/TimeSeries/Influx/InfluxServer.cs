using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Collector.Configuration;

namespace Analyzer.TimeSeries.Influx;

/// <summary>The requests that the three dialects of InfluxDB take.</summary>
/// <remarks>A missing database is created where the dialect allows; one that is there is left as it is.</remarks>
internal sealed class InfluxServer(TimeSeriesOptions options, HttpClient http, TimeProvider time)
{
    // Enough for the server's words; a request of 10,000 bad lines is answered with 868 kB.
    private const int MostBytesOfAnAnswer = 16 * 1024;

    private readonly string root = options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>The server, for messages: without anything that could be a secret.</summary>
    public string Name { get; } = $"InfluxDB at {options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";

    /// <summary>Whether points are sent compressed.</summary>
    public bool IsCompressing { get; } = options.Compression == InfluxCompression.Gzip || (options.Compression == InfluxCompression.Auto && !options.Url.IsLoopback);

    /// <summary>The client that requests are sent with.</summary>
    public static HttpClient Client() => new(
        new SocketsHttpHandler
        {
            // A credential must not reach another server.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends points once.</summary>
    /// <param name="place">Where they are kept.</param>
    /// <param name="body">The lines, gzipped or as they are.</param>
    /// <param name="isGzip">Whether they are gzipped.</param>
    /// <param name="points">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<WriteAnswer> WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> body, bool isGzip, int points, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        if (isGzip)
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
                    await CreateV2Async(options.Database, options.Retention, cancellationToken);
                    await CreateV2Async(RawDatabase, options.RawRetention, cancellationToken);
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

    private string RawDatabase => options.Database + "/raw";

    private string WritePath(SeriesPlace place)
    {
        var database = Uri.EscapeDataString(options.Database);
        var both = Uri.EscapeDataString(place == SeriesPlace.Raw ? RawDatabase : options.Database);
        return options.Dialect switch
        {
            InfluxDialect.V1 => $"/write?db={database}{(place == SeriesPlace.Raw ? "&rp=raw" : "")}&precision=ns",
            InfluxDialect.V2 => $"/api/v2/write?{(options.Organization is { } organization ? $"org={Uri.EscapeDataString(organization)}&" : "")}bucket={both}&precision=ns",
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

    private async Task CreateV2Async(string bucket, TimeSpan? kept, CancellationToken cancellationToken)
    {
        var owner = options.Organization is { } organization ? $"org={Uri.EscapeDataString(organization)}" : "limit=1";
        using var organizations = await JsonAsync(HttpMethod.Get, $"/api/v2/orgs?{owner}", null, cancellationToken);
        var id = organizations.RootElement.GetProperty("orgs")[0].GetProperty("id").GetString();
        using var created = await JsonAsync(
            HttpMethod.Post,
            "/api/v2/buckets",
            new { orgID = id, name = bucket, retentionRules = kept is { } time ? new[] { new { type = "expire", everySeconds = (long)time.TotalSeconds } } : [] },
            cancellationToken);
    }

    private async Task CreateV3Async(string database, TimeSpan? kept, CancellationToken cancellationToken)
    {
        using var created = await JsonAsync(
            HttpMethod.Post,
            "/api/v3/configure/database",
            kept is { } time ? new Dictionary<string, string> { ["db"] = database, ["retention_period"] = Duration(time) } : new Dictionary<string, string> { ["db"] = database },
            cancellationToken);
    }

    private async Task<JsonDocument> JsonAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        var answer = await SendAsync(method, path, content, cancellationToken);
        var status = (int)answer.Status;
        return status < 300 ? JsonDocument.Parse(answer.Body.Length == 0 ? "{}" : answer.Body)

            // 409 and 422: it is there already.
            : method == HttpMethod.Post && status is 409 or 422 ? JsonDocument.Parse("{}")
            : throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{Name} answered {method} {path.Split('?')[0]} with status {status}"));
    }

    /// <exception cref="IOException">No answer: one line.</exception>
    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, bool bounded = true)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, root + path) { Content = content };
            request.Headers.Authorization = Credentials();
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var wish = response.Headers.RetryAfter;
            var after = wish?.Delta ?? (wish?.Date is { } date ? date - time.GetUtcNow() : null);
            var body = bounded ? await BeginningAsync(response, either.Token) : await response.Content.ReadAsStringAsync(either.Token);
            return new Answer(response.StatusCode, body, after < TimeSpan.Zero ? TimeSpan.Zero : after);
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

    private AuthenticationHeaderValue? Credentials() => options switch
    {
        { User: { } user } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}"))),
        { Token: { } token } => new AuthenticationHeaderValue(options.Dialect == InfluxDialect.V3 ? "Bearer" : "Token", token),
        _ => null,
    };

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MostBytesOfAnAnswer];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private sealed record Answer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter);
}
