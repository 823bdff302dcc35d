using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Network;

namespace Analyzer.Lookups;

/// <summary>Answers questions about places in a catchment from a store.</summary>
/// <param name="reader">Reads catchments.</param>
public sealed class LookupReader(CatchmentReader reader)
{
    /// <summary>So far back changes are looked for.</summary>
    public static readonly TimeSpan History = TimeSpan.FromDays(56);

    /// <summary>Answers one.</summary>
    /// <param name="text">What is asked, as it was written.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="target">The target.</param>
    /// <param name="window">The time the answer is of.</param>
    /// <param name="catchments">The target's catchments of that window where they are known already; null: read them.</param>
    public LookupAnswer Answer(string text, LookupQuery query, Target target, Window window, IReadOnlyList<Catchment>? catchments = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);
        var families = new List<LookupFamily>();
        foreach (var catchment in catchments ?? reader.ReadAll([target], window))
        {
            var past = new Window(Max(window.To - History, DateTimeOffset.UnixEpoch), window.To);
            if (LookupBuilder.Build(query, catchment, probes => reader.ReadSome(catchment, past, probes).Probes) is { } family)
            {
                families.Add(family);
            }
        }

        return new LookupAnswer(text, target.Name, families, LookupText.Of(query, target, window, families));
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
