using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Lookups;
using Analyzer.Time;
using App.Jobs;
using Collector.Configuration.Checks;
using Collector.Network;
using Collector.Store;
using Reports.Lookups;

namespace App.Web.Serving;

/// <summary>What pages and answers say of the present: by the last analysis where there is one, else by the store.</summary>
internal sealed class Present(IObservationStore store, AnycastNetwork network, ChecksOptions checks, TimeProvider time, ICurrentAnalysis analysis, CostlyWork work)
{
    // Before the first analysis every page would read the day anew.
    private readonly Lock gate = new();
    private Analysis? own;

    /// <summary>The catchments of the last day, where somebody has worked them out; null: nobody has, or too long ago.</summary>
    public Analysis? Ready => analysis.Last is { Catchments.Count: > 0 } last ? last
        : Volatile.Read(ref own) is { } known && known.PlacesVersion == store.PlacesVersion && time.GetUtcNow() - known.At <= AnswerCache.Lifetime ? known
        : null;

    /// <summary>The catchments of the last day; after an outage, of the last one of which there are results.</summary>
    /// <param name="cancellation">Whoever asked has gone.</param>
    /// <exception cref="TooBusyException">They have to be worked out, and too many wait for something of the kind.</exception>
    public async Task<Analysis> ReadAsync(CancellationToken cancellation) => Ready ?? await work.DoAsync(Read, cancellation);

    /// <summary>The same for whoever has its turn already.</summary>
    private Analysis Read()
    {
        lock (gate)
        {
            if (Ready is { } ready)
            {
                return ready;
            }

            var now = time.GetUtcNow();
            var places = store.PlacesVersion;
            var window = LatestWindow.Of(store, network.Targets, now);
            var suite = new CheckSuite(checks);
            var input = new CheckReader(Reader(CancellationToken.None), suite).Read(network.Targets, window);

            // Where nothing comes any more, the last analysis still knows why.
            var fresh = new Analysis(now, window, input.Catchments, CheckSuite.Sorted(suite.Find(input).Concat(analysis.Last?.Findings ?? []))) { PlacesVersion = places };
            Volatile.Write(ref own, fresh);
            return fresh;
        }
    }

    /// <summary>What the checks notice in a window.</summary>
    /// <remarks>Costs much: for whoever has its turn, or <see cref="FindingsOfAsync"/>.</remarks>
    public IReadOnlyList<Finding> FindingsOf(Window window, CancellationToken cancellation) =>
        new CheckReader(Reader(cancellation), new CheckSuite(checks)).Find(network.Targets, window);

    /// <inheritdoc cref="FindingsOf"/>
    /// <exception cref="TooBusyException">Too many wait for something of the kind.</exception>
    public Task<IReadOnlyList<Finding>> FindingsOfAsync(Window window, CancellationToken cancellation) => work.DoAsync(() => FindingsOf(window, cancellation), cancellation);

    /// <summary>Answers a question about a place in the catchment.</summary>
    /// <param name="text">The question, as it was written.</param>
    /// <param name="query">The question.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TooBusyException">Too many wait for something of the kind.</exception>
    public Task<IReadOnlyList<LookupAnswer>> LookUpAsync(string text, LookupQuery query, IReadOnlyList<Target> targets, CancellationToken cancellation) =>
        work.DoAsync(() => LookUp(text, query, targets, cancellation), cancellation);

    private IReadOnlyList<LookupAnswer> LookUp(string text, LookupQuery query, IReadOnlyList<Target> targets, CancellationToken cancellation)
    {
        var now = Read();
        var reader = new LookupReader(Reader(cancellation));
        return
        [
            .. targets.Select(target =>
            {
                // A preset that nobody configured is not among what is analysed.
                var known = now.Catchments.Where(catchment => catchment.Target.Name == target.Name).ToList();
                return known.Count > 0
                    ? reader.Answer(text, query, target, now.Window, known)
                    : reader.Answer(text, query, target, LatestWindow.Of(store, [target], time.GetUtcNow()));
            }),
        ];
    }

    private CatchmentReader Reader(CancellationToken cancellation) => new(store, network.IdentityTemplates, cancellation);
}
