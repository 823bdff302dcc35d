using Collector.Configuration;
using Refit;

namespace Collector.Atlas;

/// <summary>How Atlas answered a plain request, without key and without trying again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Ahead">How far our clock is ahead of the server's; negative: behind. Good to a second or two. Null: the server did not say.</param>
public sealed record AtlasReach(int Status, TimeSpan Took, TimeSpan? Ahead)
{
    /// <summary>Asks for a single probe, once: small, public, and surely there.</summary>
    /// <param name="options">Where.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AtlasException">No answer.</exception>
    public static async Task<AtlasReach> TryAsync(AtlasOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        using var http = new HttpClient(AtlasServices.Primary()) { Timeout = options.RequestTimeout };
        AtlasServices.Introduce(http, options);
        var atlas = RestService.ForGenerated<IAtlasHttp>(http, new RefitSettings { TransportExceptionFactory = static (_, problem, _) => problem });
        try
        {
            var began = time.GetTimestamp();
            using var answer = await atlas.AnyProbeAsync(cancellationToken);
            var took = time.GetElapsedTime(began);
            return new AtlasReach((int)answer.StatusCode, took, time.GetUtcNow() - (took / 2) - answer.Headers.Date);
        }
        catch (HttpRequestException problem)
        {
            throw new AtlasException($"{options.BaseUrl} cannot be reached: {AtlasAddress.Explain(problem)}", problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AtlasException(FormattableString.Invariant($"{options.BaseUrl} cannot be reached: no answer in {options.RequestTimeout.TotalSeconds} s"), problem);
        }
    }
}
