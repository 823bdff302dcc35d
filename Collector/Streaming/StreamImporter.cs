using System.Data.Common;
using Collector.Configuration;
using Collector.Import;
using Collector.Measuring;
using Collector.Network;
using Collector.Results;
using Collector.Rounds;
using Collector.Store;
using Microsoft.Extensions.Logging;

namespace Collector.Streaming;

/// <summary>Brings what the stream delivers into archive and store, by the same way as everything else.</summary>
/// <remarks>It moves no watermark: <c>collect</c> fetches the same windows as without it, so what the stream missed is filled in by then,
/// and what both bring is kept once.</remarks>
/// <param name="stream">Delivers.</param>
/// <param name="importer">Archives and stores.</param>
/// <param name="store">Knows the measurements.</param>
/// <param name="network">Says which of them watch something that is still wanted.</param>
/// <param name="follows">Says what is read of a measurement that is not ours; of the stream too.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what could not be kept.</param>
public sealed partial class StreamImporter(AtlasStream stream, Importer importer, IObservationStore store, AnycastNetwork network, FollowPlans follows, TimeProvider time, ILogger<StreamImporter> logger)
{
    /// <summary>How soon a measurement that came or went is noticed.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private volatile Dictionary<long, Subscription> subscriptions = [];

    /// <summary>Streams and imports.</summary>
    /// <param name="cancellationToken">Ends it. What has arrived and is not yet in the store is left to the next collection.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] sides = [stream.RunAsync(ended.Token), FollowAsync(ended.Token), ImportAsync(ended.Token)];
        try
        {
            // None of them ends by itself; where one fails, all have to begin anew.
            await await Task.WhenAny(sides);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(sides).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps the subscriptions at what the store knows to be running.</summary>
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        do
        {
            try
            {
                var now = time.GetUtcNow();
                var targets = UnicastTarget.AndTargets(network);
                var next = new Dictionary<long, Subscription>();
                foreach (var measurement in store.Measurements().Where(measurement => targets.Contains(measurement.Target) && (measurement.Stop is null || measurement.Stop > now)))
                {
                    if (Subscribe(measurement) is { } subscription)
                    {
                        next.Add(measurement.Id, subscription);
                    }
                }

                subscriptions = next;
                stream.Subscribe(next.Keys);
            }
            catch (Exception problem) when (problem is IOException or DbException)
            {
                CannotAsk(problem.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>What is wanted of a measurement; null: nothing yet.</summary>
    private Subscription? Subscribe(StoredMeasurement measurement)
    {
        if (!measurement.IsFollowed)
        {
            return new(measurement.Target, _ => true);
        }

        try
        {
            var plan = follows.For(measurement);
            var probes = plan.Probes.ToHashSet();
            return new(measurement.Target, observation => probes.Contains(observation.Probe) && plan.Wants(observation));
        }
        catch (IOException problem)
        {
            NotYet(measurement.Id, problem.Message);
            return null;
        }
    }

    private async Task ImportAsync(CancellationToken cancellationToken)
    {
        await foreach (var batch in stream.Batches.ReadAllAsync(cancellationToken))
        {
            var known = subscriptions;
            foreach (var target in batch.Lines.Where(lines => known.ContainsKey(lines.Key)).GroupBy(lines => known[lines.Key].Target))
            {
                // A result says itself which measurement it is of. What it says must be what we subscribed to.
                var wanted = target.ToDictionary(lines => lines.Key, lines => known[lines.Key].Wants);
                using var input = Concatenated(target.Select(lines => lines.Value));
                try
                {
                    await importer.ImportAsync(
                        input,
                        new ImportRequest { Target = target.Key, Filter = observation => wanted.GetValueOrDefault(observation.Measurement)?.Invoke(observation) == true },
                        cancellationToken);
                }
                catch (Exception problem) when (problem is IOException or DbException or ConfigurationException)
                {
                    NotKept(target.Key, problem.Message);
                }
            }
        }
    }

    private static MemoryStream Concatenated(IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var whole = new MemoryStream();
        foreach (var part in parts)
        {
            whole.Write(part.Span);
        }

        whole.Position = 0;
        return whole;
    }

    [LoggerMessage(LogLevel.Warning, "The stream keeps its subscriptions, as the store cannot be asked for measurements: {Problem}")]
    private partial void CannotAsk(string problem);

    [LoggerMessage(LogLevel.Information, "Measurement {Measurement} is not streamed yet: {Problem}")]
    private partial void NotYet(long measurement, string problem);

    [LoggerMessage(LogLevel.Error, "Results of {Target} that came over the stream were not kept and are left to the next collection: {Problem}")]
    private partial void NotKept(string target, string problem);

    /// <summary>A measurement that is streamed.</summary>
    private sealed record Subscription(string Target, Predicate<Observation> Wants);
}
