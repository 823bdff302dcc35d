using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Collector.Configuration;
using Collector.Probes;
using Microsoft.Extensions.Logging;
using Refit;

namespace Collector.Atlas;

/// <summary>RIPE Atlas over HTTP. Requests are <see cref="IAtlasHttp"/>'s; attempts, waiting, time limits and the key are <see cref="AtlasHandler"/>'s, below
/// the client it is given; <see cref="AtlasErrors"/> says what went wrong.</summary>
internal sealed partial class AtlasClient : IAtlasApi
{
    private const int PageSize = 500;

    // 25 pages list all connected probes; a thousand are beyond any list we ask for.
    private const int MaximumPages = 1000;

    // Ids in one request line; servers refuse lines of more than 8 kB.
    private const int IdsPerRequest = 500;

    private readonly IAtlasHttp atlas;
    private readonly AtlasOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly string? key;
    private readonly AtlasErrors errors;

    public AtlasClient(HttpClient http, AtlasOptions options, TimeProvider time, ILogger<AtlasClient> logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        key = AtlasAgent.Key(options);
        errors = new AtlasErrors(key);
        atlas = RestService.ForGenerated<IAtlasHttp>(http, errors.Settings);
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
            var first = atlas.ProbesAsync(
                ids.Length == 0 ? null : AtlasAddress.List(ids),
                (int?)filter.Status,
                filter.Country?.ToUpperInvariant(),
                AtlasAddress.List(filter.Tags),
                filter.IsPublic is { } isPublic ? isPublic ? "true" : "false" : null,
                PageSize,
                cancellationToken);
            await foreach (var page in PagesAsync("probes/", first, cancellationToken))
            {
                foreach (var json in Elements(page))
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
        var json = await atlas.MeasurementAsync(id, withProbes ? "probes,current_probes" : null, cancellationToken);
        return AtlasMeasurement.Parse(json) ?? throw Strange(string.Create(CultureInfo.InvariantCulture, $"measurements/{id}/"), "no measurement");
    }

    public async IAsyncEnumerable<AtlasMeasurement> OwnMeasurementsAsync(
        MeasurementFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        NeedKey("listing one's own measurements");
        var odd = 0;
        var first = atlas.OwnMeasurementsAsync(
            filter.Tag is { } tag ? AtlasAddress.List([tag]) : null, AtlasAddress.List([.. filter.Statuses.Select(status => (int)status)]), PageSize, cancellationToken);
        await foreach (var page in PagesAsync("measurements/my/", first, cancellationToken))
        {
            foreach (var json in Elements(page))
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
        var response = errors.Check(await atlas.ResultsAsync(
            id,
            from.ToUnixTimeSeconds(),
            CeilingSeconds(to) - 1,
            "txt",
            probes is null ? null : ProbeRanges.Text(probes),
            RequestKind.Results,
            cancellationToken));
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return new ResultStream(stream, AtlasAddress.Describe(response.RequestMessage!), options.IdleTimeout, time, response);
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
            using var response = errors.Check(await atlas.LatestAsync(id, part is null ? null : ProbeRanges.Text(part), cancellationToken));
            LatestShape.WriteLines(BufferedContent.Of(response)!.Value, lines);
        }

        lines.Position = 0;
        return lines;
    }

    public async Task<Credits> CreditsAsync(CancellationToken cancellationToken = default)
    {
        NeedKey("reading the credits");
        return Credits.Parse(await atlas.CreditsAsync(cancellationToken)) ?? throw Strange("credits/", "no balance");
    }

    public async Task<IReadOnlyList<long>> CreateAsync(CreationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        NeedKey("creating measurements");
        using var response = errors.Check(await atlas.CreateAsync(BodyOf(request.ToJson()), RequestKind.Creation, cancellationToken));
        var ids = IdsOf(BufferedContent.Of(response)!.Value);
        if (ids.Count != request.Definitions.Count)
        {
            throw new AmbiguousCreationException(
                $"Atlas answered POST {AtlasAddress.Of(options, "measurements/").AbsolutePath} with {ids.Count} measurement ids for {request.Definitions.Count} definitions", innerException: null);
        }

        Created(string.Join(", ", ids.Select(id => id.ToString(CultureInfo.InvariantCulture))));
        return ids;
    }

    public async Task StopAsync(long id, CancellationToken cancellationToken = default)
    {
        NeedKey("stopping a measurement");
        using var response = errors.Check(await atlas.StopAsync(id, cancellationToken));
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
            return GrantsOf(await atlas.KeysAsync(cancellationToken)) is { } grants
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
            await atlas.OwnMeasurementsAsync(null, null, 1, cancellationToken);
            return new KeyCheck(true, null, null);
        }
        catch (AtlasException problem) when (problem.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            return new KeyCheck(false, null, problem.Message);
        }
    }

    private static long CeilingSeconds(DateTimeOffset instant) =>
        instant.ToUnixTimeSeconds() + (instant.Ticks % TimeSpan.TicksPerSecond == 0 ? 0 : 1);

    private static ByteArrayContent BodyOf(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

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

    private AtlasException Strange(string path, string what) => AtlasErrors.Strange(AtlasAddress.Of(options, path), what);

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

        using var response = errors.Check(await atlas.ParticipateAsync(id, BodyOf(body.ToArray()), RequestKind.Creation, cancellationToken));
    }

    private void NeedKey(string purpose)
    {
        if (key is null)
        {
            throw new ConfigurationException($"Atlas:Key is not set; {purpose} needs one (set it in the environment as Atlas__Key, or as a user secret)");
        }
    }

    /// <param name="path">Where the list is, below the base address.</param>
    /// <param name="first">Its first page, on its way.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async IAsyncEnumerable<JsonElement> PagesAsync(string path, Task<JsonElement> first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = AtlasAddress.Of(options, path);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var page = await first; ; page = await atlas.PageAsync(address, cancellationToken))
        {
            if (page.ValueKind != JsonValueKind.Array && (page.ValueKind != JsonValueKind.Object || !page.TryGetProperty("results", out _)))
            {
                throw AtlasErrors.Strange(address, "no list");
            }

            yield return page;

            if (page.ValueKind != JsonValueKind.Object || Json.Text(page, "next") is not { Length: > 0 } next)
            {
                yield break;
            }

            address = AtlasAddress.Next(next, address, options.BaseUrl);
            if (!seen.Add(address.AbsoluteUri) || seen.Count > MaximumPages)
            {
                throw AtlasErrors.Strange(address, "a next page that was read already: the list runs in a circle");
            }
        }
    }
}
