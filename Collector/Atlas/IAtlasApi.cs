using Collector.Probes;

namespace Collector.Atlas;

/// <summary>The part of RIPE Atlas' REST API v2 that we use, one method an endpoint.</summary>
/// <remarks>
/// Every method throws <see cref="AtlasException"/> with the server's words when Atlas refuses for good, or when an error that
/// may pass did not pass in the configured number of attempts.
/// </remarks>
public interface IAtlasApi
{
    /// <summary>Lists probes; <c>GET /probes/</c>, page by page. Objects that are no probe are passed over, counted and logged.
    /// While the list moves, an id may come twice.</summary>
    IAsyncEnumerable<Probe> ProbesAsync(ProbeFilter filter, CancellationToken cancellationToken = default);

    /// <summary>One measurement; <c>GET /measurements/{id}/</c>.</summary>
    /// <param name="id">Atlas' measurement id.</param>
    /// <param name="withProbes">Whether to ask for the participating probes too.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<AtlasMeasurement> MeasurementAsync(long id, bool withProbes = false, CancellationToken cancellationToken = default);

    /// <summary>Our account's measurements; <c>GET /measurements/my/</c>, page by page. Needs the key.</summary>
    IAsyncEnumerable<AtlasMeasurement> OwnMeasurementsAsync(MeasurementFilter filter, CancellationToken cancellationToken = default);

    /// <summary>The results of a measurement from a window of time, one JSON object a line, as they arrive;
    /// <c>GET /measurements/{id}/results/</c>.</summary>
    /// <param name="id">Atlas' measurement id.</param>
    /// <param name="from">First instant.</param>
    /// <param name="to">First instant no longer wanted.</param>
    /// <param name="probes">Only these probes; null: all.</param>
    /// <param name="cancellationToken">Ends the waiting for the beginning of the answer; reading has its own.</param>
    /// <returns>A body that throws <see cref="CutOffException"/> where it ends too early. Dispose it.</returns>
    Task<ResultStream> ResultsAsync(
        long id, DateTimeOffset from, DateTimeOffset to, IReadOnlyCollection<int>? probes = null, CancellationToken cancellationToken = default);

    /// <summary>The last result of each probe; <c>GET /measurements/{id}/latest/</c>. Atlas renews it every five minutes: do not ask
    /// more often.</summary>
    /// <returns>NDJSON in memory, whichever shape the server chose.</returns>
    Task<Stream> LatestAsync(long id, IReadOnlyCollection<int>? probes = null, CancellationToken cancellationToken = default);

    /// <summary>What the account has; <c>GET /credits/</c>. Needs the key.</summary>
    Task<Credits> CreditsAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates measurements; <c>POST /measurements/</c>. Needs the key.</summary>
    /// <returns>One id for each definition, in their order.</returns>
    /// <exception cref="AmbiguousCreationException">They may or may not exist: look before creating again.</exception>
    Task<IReadOnlyList<long>> CreateAsync(CreationRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stops a measurement for good; <c>DELETE /measurements/{id}/</c>. Needs the key.</summary>
    Task StopAsync(long id, CancellationToken cancellationToken = default);

    /// <summary>Adds probes to a running measurement; <c>POST /measurements/{id}/participation-requests/</c>. Takes effect later.</summary>
    /// <exception cref="AmbiguousCreationException">It may or may not have been accepted.</exception>
    Task AddProbesAsync(long id, IReadOnlyCollection<int> probes, CancellationToken cancellationToken = default);

    /// <summary>Takes probes out of a running measurement; same endpoint.</summary>
    /// <exception cref="AmbiguousCreationException">It may or may not have been accepted.</exception>
    Task RemoveProbesAsync(long id, IReadOnlyCollection<int> probes, CancellationToken cancellationToken = default);

    /// <summary>Asks Atlas what the configured key is good for. Only a missing answer throws; a refusal is the result.</summary>
    Task<KeyCheck> CheckKeyAsync(CancellationToken cancellationToken = default);
}
