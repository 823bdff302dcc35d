using Collector.Atlas;
using Collector.Results;

namespace Collector.Controls;

/// <summary>Reads Atlas' public built-in pings of K-root and L-root, which cost no credits and which every probe sends.</summary>
/// <remarks>A probe pings each of them every four minutes: only ever ask for the few probes and the short time that are in question.</remarks>
public sealed class AtlasControlReader(ResultFetcher fetcher) : IControlReader
{
    private static readonly (string Control, int Family, long Measurement)[] BuiltIns =
    [
        ("k-root", 4, 1001), ("l-root", 4, 1008), ("k-root", 6, 2001), ("l-root", 6, 2008),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ControlPing>> ReadAsync(IReadOnlyList<ControlRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var found = new List<ControlPing>();
        foreach (var request in requests.Where(request => request.Probes.Count > 0 && request.From < request.To))
        {
            foreach (var (control, family, measurement) in BuiltIns.Where(builtIn => builtIn.Family == request.Family))
            {
                // A body that was cut off comes again from its beginning, so that the same ping can come twice: a set.
                var pings = new HashSet<ControlPing>();
                var handler = new Handler(control, family, request, pings);
                await fetcher.FetchAsync(
                    new FetchRequest(measurement, DateTimeOffset.FromUnixTimeSeconds(request.From), DateTimeOffset.FromUnixTimeSeconds(request.To))
                    {
                        Probes = request.Probes,
                    },
                    async (_, body, cancellation) => await ResultReader.ReadAsync(body, handler, cancellation),
                    cancellationToken: cancellationToken);
                found.AddRange(pings);
            }
        }

        return found;
    }

    /// <summary>Takes pings that left the probe; what could not be sent says nothing about the way.</summary>
    private sealed class Handler(string control, int family, ControlRequest request, HashSet<ControlPing> pings) : IResultHandler
    {
        private readonly HashSet<int> wanted = [.. request.Probes];

        public void Accept(in Observation observation, ReadOnlySpan<byte> result)
        {
            if (observation.Kind == MeasurementKind.Ping && observation.Outcome != Outcome.Failed && wanted.Contains(observation.Probe)
                && observation.At >= request.From && observation.At < request.To)
            {
                pings.Add(new ControlPing(control, observation.Probe, family, observation.At, observation.Outcome == Outcome.Answered));
            }
        }

        public void Reject(string reason, ReadOnlySpan<byte> result)
        {
            // Whatever a built-in measurement brings beside pings is none of our business.
        }
    }
}
