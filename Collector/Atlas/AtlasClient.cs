using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Collector.Configuration;
using Collector.Probes;
using Microsoft.Extensions.Logging;
using Polly.Timeout;

namespace Collector.Atlas;

/// <summary>RIPE Atlas over HTTP. Attempts, waiting and time limits are <see cref="AtlasHandler"/>'s, below the client it is given.</summary>
internal sealed partial class AtlasClient : IAtlasApi
{
    private const string PageSize = "500";

    // 25 pages list all connected probes; a thousand are beyond any list we ask for.
    private const int MaximumPages = 1000;

    // Ids in one request line; servers refuse lines of more than 8 kB.
    private const int IdsPerRequest = 500;

    private readonly HttpClient http;
    private readonly AtlasOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly string? key;
    private readonly ProductInfoHeaderValue[] agent;

    public AtlasClient(HttpClient http, AtlasOptions options, TimeProvider time, ILogger<AtlasClient> logger)
    {
        this.http = http;
        this.options = options;
        this.time = time;
        this.logger = logger;
        key = Key(options.Key);
        agent = AtlasAgent.Of(options);
        if (key is not null && options.BaseUrl.Scheme == Uri.UriSchemeHttp && !options.BaseUrl.IsLoopback)
        {
            UnencryptedKey(options.BaseUrl);
        }
    }

    public async IAsyncEnumerable<Probe> ProbesAsync(ProbeFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var odd = 0;
        string? firstReason = null;
        IEnumerable<int[]> parts = filter.Ids.Count == 0 ? [[]] : filter.Ids.Distinct().Order().Chunk(IdsPerRequest);
        foreach (var ids in parts)
        {
            await foreach (var page in PagesAsync(Address("probes/", filter.Parameters(ids)), cancellationToken))
            {
                foreach (var json in Elements(page.RootElement))
                {
                    if (ProbeParser.TryParse(json, out var probe) is { } reason)
                    {
                        odd++;
                        firstReason ??= reason;
                    }
                    else if (filter.Passes(probe!))
                    {
                        yield return probe!;
                    }
                }
            }
        }

        if (firstReason is not null)
        {
            OddObjects(odd, "probe", firstReason);
        }
    }

    public async Task<AtlasMeasurement> MeasurementAsync(long id, bool withProbes = false, CancellationToken cancellationToken = default)
    {
        var address = Address(Path("measurements", id), withProbes ? [("optional_fields", "probes,current_probes")] : []);
        using var json = await GetAsync(address, cancellationToken);
        return AtlasMeasurement.Parse(json.RootElement) ?? throw Strange(address, "no measurement");
    }

    public async IAsyncEnumerable<AtlasMeasurement> OwnMeasurementsAsync(
        MeasurementFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        NeedKey("listing one's own measurements");
        var odd = 0;
        await foreach (var page in PagesAsync(Address("measurements/my/", filter.Parameters()), cancellationToken))
        {
            foreach (var json in Elements(page.RootElement))
            {
                if (AtlasMeasurement.Parse(json) is not { } measurement)
                {
                    odd++;
                }
                else if (filter.Passes(measurement))
                {
                    yield return measurement;
                }
            }
        }

        if (odd > 0)
        {
            OddObjects(odd, "measurement", ProbeParser.NoId);
        }
    }

    public async Task<ResultStream> ResultsAsync(
        long id, DateTimeOffset from, DateTimeOffset to, IReadOnlyCollection<int>? probes = null, CancellationToken cancellationToken = default)
    {
        if (from >= to)
        {
            throw new ArgumentException($"the window ends ({to:O}) before it begins ({from:O})", nameof(to));
        }

        // Both ends are inclusive at Atlas, and an end on a day's boundary drags in the whole day behind it.
        var parameters = new List<(string, string)>
        {
            ("start", from.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ("stop", (CeilingSeconds(to) - 1).ToString(CultureInfo.InvariantCulture)),
            ("format", "txt"),
        };
        if (probes is not null)
        {
            parameters.Add(("probe_ids", ProbeRanges.Text(probes)));
        }

        var address = Address(Path("measurements", id) + "results/", parameters);
        using var request = Request(HttpMethod.Get, address, RequestKind.Results);
        var response = await SendAsync(request, cancellationToken);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new ResultStream(stream, AtlasAddress.Describe(request), options.IdleTimeout, time, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task<Stream> LatestAsync(long id, IReadOnlyCollection<int>? probes = null, CancellationToken cancellationToken = default)
    {
        var lines = new MemoryStream();
        IReadOnlyList<int[]?> parts = probes is null ? [null] : [.. probes.Distinct().Order().Chunk(IdsPerRequest)];
        foreach (var part in parts)
        {
            var address = Address(Path("measurements", id) + "latest/", part is null ? [] : [("probe_ids", ProbeRanges.Text(part))]);
            using var request = Request(HttpMethod.Get, address, RequestKind.Metadata);
            using var response = await SendAsync(request, cancellationToken);
            LatestShape.WriteLines(BufferedContent.Of(response)!.Value, lines);
        }

        lines.Position = 0;
        return lines;
    }

    public async Task<Credits> CreditsAsync(CancellationToken cancellationToken = default)
    {
        NeedKey("reading the credits");
        var address = Address("credits/", []);
        using var json = await GetAsync(address, cancellationToken);
        return Credits.Parse(json.RootElement) ?? throw Strange(address, "no balance");
    }

    public async Task<IReadOnlyList<long>> CreateAsync(CreationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        NeedKey("creating measurements");
        var address = Address("measurements/", []);
        var body = await PostAsync(address, request.ToJson(), cancellationToken);
        var ids = IdsOf(body);
        if (ids.Count != request.Definitions.Count)
        {
            throw new AmbiguousCreationException(
                $"Atlas answered POST {address.AbsolutePath} with {ids.Count} measurement ids for {request.Definitions.Count} definitions", innerException: null);
        }

        Created(string.Join(", ", ids.Select(id => id.ToString(CultureInfo.InvariantCulture))));
        return ids;
    }

    public async Task StopAsync(long id, CancellationToken cancellationToken = default)
    {
        NeedKey("stopping a measurement");
        using var request = Request(HttpMethod.Delete, Address(Path("measurements", id), []), RequestKind.Metadata);
        using var response = await SendAsync(request, cancellationToken);
        Stopped(id);
    }

    public Task AddProbesAsync(long id, IReadOnlyCollection<int> probes, CancellationToken cancellationToken = default) =>
        ParticipateAsync(id, "add", probes, cancellationToken);

    public Task RemoveProbesAsync(long id, IReadOnlyCollection<int> probes, CancellationToken cancellationToken = default) =>
        ParticipateAsync(id, "remove", probes, cancellationToken);

    public async Task<KeyCheck> CheckKeyAsync(CancellationToken cancellationToken = default)
    {
        if (key is null)
        {
            return new KeyCheck(false, null, "Atlas:Key is not set");
        }

        try
        {
            using var keys = await GetAsync(Address("keys/", []), cancellationToken);
            return GrantsOf(keys.RootElement) is { } grants
                ? new KeyCheck(true, grants, null)
                : new KeyCheck(true, null, null);
        }
        catch (AtlasException problem) when (problem.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            // Not every key may list keys. The other thing that every useful one may do is to list its own measurements.
        }
        catch (AtlasException problem) when (problem.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
        {
            return new KeyCheck(false, null, problem.Message);
        }

        try
        {
            using var own = await GetAsync(Address("measurements/my/", [("page_size", "1")]), cancellationToken);
            return new KeyCheck(true, null, null);
        }
        catch (AtlasException problem) when (problem.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            return new KeyCheck(false, null, problem.Message);
        }
    }

    private static long CeilingSeconds(DateTimeOffset instant) =>
        instant.ToUnixTimeSeconds() + (instant.Ticks % TimeSpan.TicksPerSecond == 0 ? 0 : 1);

    private static string Path(string resource, long id) => string.Create(CultureInfo.InvariantCulture, $"{resource}/{id}/");

    private static string? Key(string? configured)
    {
        var trimmed = configured?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null
            : trimmed.All(letter => letter is > ' ' and < '\u007F') ? trimmed
            : throw new ConfigurationException("Atlas:Key holds white space or characters beyond ASCII; allowed: the key as Atlas shows it");
    }

    private static JsonElement.ArrayEnumerator Elements(JsonElement page) =>
        page.ValueKind == JsonValueKind.Array ? page.EnumerateArray()
        : page.ValueKind == JsonValueKind.Object && page.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array
            ? results.EnumerateArray()
            : default;

    private static List<long> IdsOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("measurements", out var ids)
                && ids.ValueKind == JsonValueKind.Array
                    ? [.. ids.EnumerateArray().Select(Json.Long).OfType<long>()]
                    : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static AtlasException Strange(Uri address, string what) => new($"the answer to GET {address.GetLeftPart(UriPartial.Path)} holds {what}");

    private List<string>? GrantsOf(JsonElement keys)
    {
        var own = Elements(keys).FirstOrDefault(element =>
            element.ValueKind == JsonValueKind.Object && string.Equals(Json.Text(element, "uuid"), key, StringComparison.OrdinalIgnoreCase));
        if (own.ValueKind != JsonValueKind.Object || !own.TryGetProperty("grants", out var grants) || grants.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return [.. grants.EnumerateArray()
            .Select(grant => grant.ValueKind == JsonValueKind.Object ? Json.Line(grant, "permission", 100) : Json.Line(grant, 100))
            .OfType<string>()];
    }

    private async Task ParticipateAsync(long id, string action, IReadOnlyCollection<int> probes, CancellationToken cancellationToken)
    {
        NeedKey("changing a measurement's probes");
        if (probes.Count == 0)
        {
            return;
        }

        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartArray();
            ProbeSet.Of(probes).WriteRequest(json, action);
            json.WriteEndArray();
        }

        await PostAsync(Address(Path("measurements", id) + "participation-requests/", []), body.ToArray(), cancellationToken);
    }

    private void NeedKey(string purpose)
    {
        if (key is null)
        {
            throw new ConfigurationException($"Atlas:Key is not set; {purpose} needs one (set it in the environment as Atlas__Key, or as a user secret)");
        }
    }

    private Uri Address(string path, IEnumerable<(string Name, string Value)> parameters)
    {
        var query = string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value).Replace("%2C", ",", StringComparison.Ordinal)}"));
        return new UriBuilder(new Uri(options.BaseUrl, path)) { Query = query }.Uri;
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, RequestKind kind)
    {
        var request = new HttpRequestMessage(method, address);
        request.Options.Set(AtlasHandler.Kind, kind);
        foreach (var part in agent)
        {
            request.Headers.UserAgent.Add(part);
        }

        request.Headers.Accept.Add(new("application/json"));
        if (kind == RequestKind.Results)
        {
            request.Headers.Accept.Add(new("text/plain"));
        }

        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Key", key);
        }

        return request;
    }

    private async IAsyncEnumerable<JsonDocument> PagesAsync(Uri first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var separator = first.Query.Length == 0 ? '?' : '&';
        var address = new Uri($"{first.AbsoluteUri}{separator}page_size={PageSize}");
        var seen = new HashSet<string>(StringComparer.Ordinal) { address.AbsoluteUri };
        while (true)
        {
            using var page = await GetAsync(address, cancellationToken);
            var root = page.RootElement;
            if (root.ValueKind != JsonValueKind.Array && (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("results", out _)))
            {
                throw Strange(address, "no list");
            }

            yield return page;

            if (root.ValueKind != JsonValueKind.Object || Json.Text(root, "next") is not { Length: > 0 } next)
            {
                yield break;
            }

            address = AtlasAddress.Next(next, address, options.BaseUrl);
            if (!seen.Add(address.AbsoluteUri) || seen.Count > MaximumPages)
            {
                throw Strange(address, "a next page that was read already: the list runs in a circle");
            }
        }
    }

    private async Task<JsonDocument> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, address, RequestKind.Metadata);
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            return JsonDocument.Parse(BufferedContent.Of(response)!.Value);
        }
        catch (JsonException)
        {
            throw Strange(address, "something that is not one JSON value");
        }
    }

    private async Task<ReadOnlyMemory<byte>> PostAsync(Uri address, byte[] json, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, address, RequestKind.Creation);
        request.Content = new ByteArrayContent(json);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await SendAsync(request, cancellationToken);
        return BufferedContent.Of(response)!.Value;
    }

    /// <summary>Sends, and turns everything but a success into an <see cref="AtlasException"/>.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isCreation = request.Options.TryGetValue(AtlasHandler.Kind, out var kind) && kind == RequestKind.Creation;
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutRejectedException or NotJsonException
            || (problem is IOException && problem is not AtlasException))
        {
            throw Unreachable(request, problem, isCreation);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw Refusal(request, response, isCreation);
        }
    }

    private static AtlasException Unreachable(HttpRequestMessage request, Exception problem, bool isCreation)
    {
        request.Options.TryGetValue(AtlasHandler.Attempts, out var attempts);
        var tried = attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $" (tried {attempts} times)") : "";
        var message = $"{AtlasAddress.Describe(request)} failed: {AtlasAddress.Explain(problem)}{tried}";
        return isCreation && !RetryRules.NeverSent(problem)
            ? new AmbiguousCreationException($"{message}; the measurements may exist all the same", problem)
            : new AtlasException(message, problem);
    }

    private AtlasException Refusal(HttpRequestMessage request, HttpResponseMessage response, bool isCreation)
    {
        var body = BufferedContent.Of(response) ?? default;
        var atlas = AtlasError.Parse(body);
        var error = Redact(atlas ?? AtlasError.ParseText(body.Span, response.Content.Headers.ContentType?.MediaType));
        var status = response.StatusCode;
        request.Options.TryGetValue(AtlasHandler.Attempts, out var attempts);
        var refusal = AtlasException.For(AtlasAddress.Describe(request), status, error, attempts);
        return isCreation && RetryRules.MayPass(status) && !RetryRules.NothingCreated(status, atlas is not null || response.Headers.RetryAfter is not null)
            ? new AmbiguousCreationException($"{refusal.Message}; the measurements may exist all the same", status, error)
            : refusal;
    }

    /// <summary>A server that repeats the key in its error must not bring it into a log.</summary>
    private AtlasError? Redact(AtlasError? error)
    {
        if (error is null || key is null)
        {
            return error;
        }

        return new AtlasError(Clean(error.Title), Clean(error.Detail), [.. error.Problems.Select(problem => new AtlasProblem(Clean(problem.Where)!, Clean(problem.Detail)!))]);

        string? Clean(string? text) => text?.Replace(key, "(key)", StringComparison.OrdinalIgnoreCase);
    }
}
