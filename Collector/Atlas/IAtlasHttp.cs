using System.Text.Json;
using Refit;

namespace Collector.Atlas;

/// <summary>RIPE Atlas' REST API v2 as it is on the wire: what is declared here is sent, by code that Refit generates.</summary>
/// <remarks>
/// What is null is left out. Lists are joined by commas, which stay as they are in an address: these parameters come encoded, by
/// <see cref="AtlasAddress.List(IEnumerable{string})"/>. Methods that give JSON throw <see cref="AtlasException"/> for any other answer; those that give the
/// response leave it to the caller to look.
/// </remarks>
[Headers("Accept: application/json")]
internal interface IAtlasHttp
{
    /// <summary>Probes, a page.</summary>
    [Get("/probes/")]
    Task<JsonElement> ProbesAsync(
        [AliasAs("id__in"), Encoded] string? ids,
        int? status,
        [AliasAs("country_code")] string? country,
        [Encoded] string? tags,
        [AliasAs("is_public")] string? isPublic,
        [AliasAs("page_size")] int pageSize,
        CancellationToken cancellationToken);

    /// <summary>One probe of all, to see whether anybody answers.</summary>
    [Get("/probes/?page_size=1")]
    Task<HttpResponseMessage> AnyProbeAsync(CancellationToken cancellationToken);

    /// <summary>The measurements of the key's account, a page.</summary>
    [Get("/measurements/my/")]
    Task<JsonElement> OwnMeasurementsAsync(
        [Encoded] string? tags, [AliasAs("status__in"), Encoded] string? statuses, [AliasAs("page_size")] int pageSize, CancellationToken cancellationToken);

    /// <summary>A further page of a list. Any address is followed: it has to be one that <see cref="AtlasAddress.Next"/> made.</summary>
    [Get("")]
    Task<JsonElement> PageAsync([Url] Uri next, CancellationToken cancellationToken);

    /// <summary>One measurement.</summary>
    [Get("/measurements/{id}/")]
    Task<JsonElement> MeasurementAsync(long id, [AliasAs("optional_fields"), Encoded] string? fields, CancellationToken cancellationToken);

    /// <summary>Results of a window; both ends belong to it. The body is still on its way.</summary>
    [Get("/measurements/{id}/results/")]
    [Headers("Accept: application/json, text/plain")]
    Task<HttpResponseMessage> ResultsAsync(
        long id,
        [AliasAs("start")] long fromUnixSeconds,
        [AliasAs("stop")] long toUnixSeconds,
        string format,
        [AliasAs("probe_ids"), Encoded] string? probes,
        [Property(AtlasHandler.KindName)] RequestKind kind,
        CancellationToken cancellationToken);

    /// <summary>The last result of each probe, in whichever shape the server chooses.</summary>
    [Get("/measurements/{id}/latest/")]
    Task<HttpResponseMessage> LatestAsync(long id, [AliasAs("probe_ids"), Encoded] string? probes, CancellationToken cancellationToken);

    /// <summary>What the key's account has.</summary>
    [Get("/credits/")]
    Task<JsonElement> CreditsAsync(CancellationToken cancellationToken);

    /// <summary>The keys of the key's account.</summary>
    [Get("/keys/")]
    Task<JsonElement> KeysAsync(CancellationToken cancellationToken);

    /// <summary>Creates measurements.</summary>
    [Post("/measurements/")]
    Task<HttpResponseMessage> CreateAsync([Body] HttpContent body, [Property(AtlasHandler.KindName)] RequestKind kind, CancellationToken cancellationToken);

    /// <summary>Adds probes to a measurement, or takes some out.</summary>
    [Post("/measurements/{id}/participation-requests/")]
    Task<HttpResponseMessage> ParticipateAsync(
        long id, [Body] HttpContent body, [Property(AtlasHandler.KindName)] RequestKind kind, CancellationToken cancellationToken);

    /// <summary>Stops a measurement.</summary>
    [Delete("/measurements/{id}/")]
    Task<HttpResponseMessage> StopAsync(long id, CancellationToken cancellationToken);
}
