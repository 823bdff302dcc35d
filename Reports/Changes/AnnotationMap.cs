using System.Globalization;
using Analyzer.Annotations;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Collector.Network;
using Reports.Maps;

namespace Reports.Changes;

/// <summary>The map of round-trip times before and after a change, for one target and family.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="File">Where it goes.</param>
/// <param name="Draw">Draws it.</param>
internal sealed record AnnotationMap(string Target, int Family, MapFile File, Func<MapPicture> Draw)
{
    /// <summary>The word for its kind.</summary>
    public const string Kind = "before-after";

    /// <summary>The map; null: there is nobody to show.</summary>
    /// <param name="change">The change.</param>
    /// <param name="number">Which of the report's changes, from 0.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="comparison">Before and after.</param>
    public static AnnotationMap? Of(Annotation change, int number, ServiceVerdict verdict, Comparison comparison)
    {
        // The same probes on both sides: those that the PoP served before or after, or all.
        var before = comparison.Before.Probes.Where(probe => probe.Pop is not null).ToDictionary(probe => probe.Id);
        bool IsClient(ProbeCatchment probe) => change.Pop is null || probe.Pop!.Code.Equals(change.Pop, StringComparison.OrdinalIgnoreCase);
        var shown = comparison.After.Probes.Where(probe => probe.Pop is not null && before.TryGetValue(probe.Id, out var then) && (IsClient(probe) || IsClient(then))).ToList();
        if (verdict.Verdict is ChangeVerdict.TooFew or ChangeVerdict.TooEarly || shown.Count == 0)
        {
            return null;
        }

        var after = comparison.After;
        var pop = after.Target.Pops.FirstOrDefault(pop => pop.Code.Equals(change.Pop, StringComparison.OrdinalIgnoreCase));
        var stem = string.Create(CultureInfo.InvariantCulture, $"maps/{after.Target.Name}-ipv{after.Family}-{Kind}-{number + 1:00}");
        var whose = pop is null ? "all probes" : $"the clients of {pop.Code}";
        return new AnnotationMap(
            after.Target.Name,
            after.Family,
            new MapFile(Kind, $"{after.Target.Name} over IPv{after.Family}: round-trip times of {whose} before and after: {change.Text}", pop?.Code, stem + ".png", stem + ".svg"),
            () => BeforeAfterMap.Of(
                new MapSubject(after.Target.Name, after.Family, $"changed {ChangeWords.Minute(change.At.ToUnixTimeSeconds())} UTC, {whose}", after.Asked, after.Answered, after.Attributed),
                change.Text,
                pop is null ? null : new MapPop(pop.Code, pop.City, pop.Position),
                Panel("Before", comparison.Before, shown.Select(probe => before[probe.Id])),
                Panel("After", after, shown),
                after.Target.GreenBelowMs));
    }

    /// <summary>Whether it is that one's.</summary>
    public bool Is(ServiceReport service) => service.Target == Target && service.Family == Family;

    /// <summary>Draws maps into a report's folder.</summary>
    public static void Write(IEnumerable<AnnotationMap> maps, string folder) => Parallel.ForEach(maps, map =>
    {
        var picture = map.Draw();
        System.IO.File.WriteAllBytes(Path.Combine(folder, map.File.Png), picture.ToPng());
        System.IO.File.WriteAllText(Path.Combine(folder, map.File.Svg), picture.ToSvg());
    });

    private static MapPanel Panel(string caption, Catchment catchment, IEnumerable<ProbeCatchment> probes) => new(
        caption,
        ChangeWords.Read(catchment.Window),
        [.. probes.Select(probe => new MapProbe(probe.IsMisplaced ? null : probe.Position, ProbeAnswer.Served, probe.Pop!.Code, probe.RttMs?.P50))]);
}
