using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Lookups;
using Analyzer.Time;
using Collector.Configuration.Checks;
using Collector.Network;
using Collector.Store;
using Reports.Jobs;
using Reports.Lookups;

namespace Reports.Web;

/// <summary>What pages and answers say of the present: by the last analysis where there is one, else by the store.</summary>
internal sealed class Present(IObservationStore store, AnycastNetwork network, ChecksOptions checks, TimeProvider time, ICurrentAnalysis analysis)
{
    // Before the first analysis every page would read the day anew.
    private readonly Lock gate = new();
    private Analysis? own;

    /// <summary>The catchments of the last day; after an outage, of the last one of which there are results.</summary>
    public Analysis Read()
    {
        if (analysis.Last is { Catchments.Count: > 0 } last)
        {
            return last;
        }

        lock (gate)
        {
            var now = time.GetUtcNow();
            var places = store.PlacesVersion;
            if (own is null || own.PlacesVersion != places || now - own.At > AnswerCache.Lifetime)
            {
                var window = LatestWindow.Of(store, network.Targets, now);
                var suite = new CheckSuite(checks);
                var input = new CheckReader(Reader(CancellationToken.None), suite).Read(network.Targets, window);

                // Where nothing comes any more, the last analysis still knows why.
                own = new Analysis(now, window, input.Catchments, CheckSuite.Sorted(suite.Find(input).Concat(analysis.Last?.Findings ?? []))) { PlacesVersion = places };
            }

            return own;
        }
    }

    /// <summary>What the checks notice in a window.</summary>
    public IReadOnlyList<Finding> FindingsOf(Window window, CancellationToken cancellation) =>
        new CheckReader(Reader(cancellation), new CheckSuite(checks)).Find(network.Targets, window);

    /// <summary>Answers a question about a place in the catchment.</summary>
    /// <param name="text">The question, as it was written.</param>
    /// <param name="query">The question.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="cancellation">Ends it.</param>
    public IReadOnlyList<LookupAnswer> LookUp(string text, LookupQuery query, IReadOnlyList<Target> targets, CancellationToken cancellation)
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
