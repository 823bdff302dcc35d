using Analyzer.Catchments;
using Analyzer.Comparisons;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;

namespace Analyzer.Annotations;

/// <summary>Reads what was before and after a change, and has it judged.</summary>
/// <param name="store">Where the observations are.</param>
/// <param name="catchments">Reads catchments of the same store.</param>
/// <param name="network">Targets and changes.</param>
/// <param name="options">How much time, and how many probes.</param>
public sealed class AnnotationReader(IObservationStore store, CatchmentReader catchments, AnycastNetwork network, ComparisonOptions options)
{
    /// <summary>What became of a change.</summary>
    /// <param name="change">One of the network's.</param>
    /// <param name="now">The present.</param>
    /// <param name="tell">Told what each target and family was judged by; null: nobody asks.</param>
    public AnnotationVerdict Read(Annotation change, DateTimeOffset now, Action<ServiceVerdict, Comparison>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        var intent = change.Intent ?? IntentWords.Of(change.Text);
        if (change.Pop is null && intent is not ChangeIntent.Faster)
        {
            // Whose clients it should have moved is not said.
            intent = null;
        }

        var services = network.Targets.Where(target => ChangeWindows.Concerns(change, target))
            .SelectMany(target => store.Measurements(target.Name).Select(measurement => measurement.Family).Distinct().Order().Select(family => (Target: target, Family: family)))
            .ToArray();
        var found = new (ServiceVerdict Verdict, Comparison? Comparison)[services.Length];
        InParallel.For(services.Length, index => found[index] = Judge(change, intent, services[index].Target, services[index].Family, now));
        foreach (var (verdict, comparison) in found)
        {
            if (comparison is not null)
            {
                tell?.Invoke(verdict, comparison);
            }
        }

        return new AnnotationVerdict(change, intent, [.. found.Select(one => one.Verdict)]);
    }

    private (ServiceVerdict Verdict, Comparison? Comparison) Judge(Annotation change, ChangeIntent? intent, Target target, int family, DateTimeOffset now)
    {
        var windows = ChangeWindows.Of(change, network.Annotations, target, options, now);
        if (windows is not { Before: { } before, After: { } after })
        {
            var (verdict, text) = windows.IsEarly
                ? (ChangeVerdict.TooEarly, change.At > now ? "It has not been made yet." : "Too little time has passed since.")
                : (ChangeVerdict.TooFew, "Another change is too near: there is no time that is this one's alone.");
            return (new ServiceVerdict(target.Name, family, verdict) { Text = text, Before = windows.Before, After = windows.After, IsProvisional = windows.IsProvisional }, null);
        }

        var comparison = Comparison.Of(catchments.Read(target, family, before), catchments.Read(target, family, after));
        return (ChangeJudge.Judge(change, intent, comparison, options.Probes) with { IsProvisional = windows.IsProvisional }, comparison);
    }
}
