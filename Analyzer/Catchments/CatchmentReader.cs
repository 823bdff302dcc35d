using System.Collections.Concurrent;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Collector.Probes;
using Collector.Store;

namespace Analyzer.Catchments;

/// <summary>Reads catchments out of a store: the one way in, for commands, reports and checks.</summary>
/// <remarks>Safe for many threads as far as the store is. Rules and probes are read once and kept.</remarks>
/// <param name="store">Where the observations are.</param>
/// <param name="identityTemplates">The operator's host templates.</param>
/// <param name="cancellation">Ends a reading between two probes: whoever asked has gone.</param>
public sealed class CatchmentReader(IObservationStore store, IReadOnlyList<string>? identityTemplates = null, CancellationToken cancellation = default)
{
    private readonly ConcurrentDictionary<Target, Identifier> identifiers = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<DateTimeOffset, Lazy<IReadOnlyDictionary<int, Probe>>> probes = new();

    /// <summary>As of when probes are described; null: as of each window's end. For many short windows: reading all probes takes longer than an hour's samples.</summary>
    public DateTimeOffset? ProbesAsOf { get; init; }

    /// <summary>The catchment of a target, family and window.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">The window.</param>
    /// <param name="tell">Told what became of each round, from one thread; null: nobody asks.</param>
    /// <param name="keepSeries">Whether to keep what each probe saw round by round, as the checks need it.</param>
    /// <param name="listener">Told what each probe saw; null: nobody asks.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern or template cannot be used.</exception>
    public Catchment Read(Target target, int family, Window window, Action<JudgedRound>? tell = null, bool keepSeries = false, IProbeListener? listener = null)
    {
        ArgumentNullException.ThrowIfNull(window);
        var identifier = Identifier(target);
        var catchment = CatchmentBuilder.Build(store, target, family, window, identifier.Identify, Probes(window.To), tell, keepSeries: keepSeries, listener: listener, cancellation: cancellation);
        listener?.End(catchment);
        return keepSeries
            ? catchment with { UnknownIdentities = [.. catchment.UnknownIdentities.Select(unknown => unknown with { Suggestion = identifier.Suggest(unknown.Identity, unknown.Source, Instant(unknown.To)) })] }
            : catchment;
    }

    /// <summary>The same target and family in another window, of some of its probes only: cheap however many the others are.</summary>
    /// <param name="catchment">The catchment with all probes, whose word on who errs holds.</param>
    /// <param name="window">The other window.</param>
    /// <param name="probes">The probes, ascending by id.</param>
    public Catchment ReadSome(Catchment catchment, Window window, IReadOnlyList<int> probes)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        ArgumentNullException.ThrowIfNull(window);
        return CatchmentBuilder.Build(
            store, catchment.Target, catchment.Family, window, Identifier(catchment.Target).Identify, Probes(window.To),
            only: probes, known: catchment.LightSpeed, cancellation: cancellation);
    }

    /// <summary>Who was served by which PoP, and nothing else: half the reading, without pings.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">The window.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern or template cannot be used.</exception>
    public Catchment ReadServed(Target target, int family, Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return CatchmentBuilder.Build(store, target, family, window, Identifier(target).Identify, Probes(window.To), withPings: false, cancellation: cancellation);
    }

    /// <summary>The catchments of targets in both families, as many at a time as there are cores, in the order of the targets, IPv4 first.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="window">The window.</param>
    /// <param name="keepSeries">Whether to keep what each probe saw round by round, as the checks need it.</param>
    /// <param name="listen">Who is told what each probe of a target and family saw; null: nobody asks.</param>
    /// <returns>Those that are not empty.</returns>
    public IReadOnlyList<Catchment> ReadAll(IEnumerable<Target> targets, Window window, bool keepSeries = false, Func<Target, int, IProbeListener>? listen = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var services = targets.SelectMany(target => new[] { (Target: target, Family: 4), (Target: target, Family: 6) }).ToArray();
        var found = new Catchment[services.Length];
        InParallel.For(services.Length, index =>
        {
            var (target, family) = services[index];
            found[index] = Read(target, family, window, keepSeries: keepSeries, listener: listen?.Invoke(target, family));
        }, cancellation);
        return [.. found.Where(catchment => !catchment.IsEmpty)];
    }

    private static DateTimeOffset Instant(long at) => DateTimeOffset.FromUnixTimeSeconds(at);

    private Identifier Identifier(Target target) =>
        identifiers.GetOrAdd(target, static (target, templates) => new Identifier(target, templates), identityTemplates);

    private IReadOnlyDictionary<int, Probe> Probes(DateTimeOffset end) =>
        probes.GetOrAdd(ProbesAsOf ?? end, at => new Lazy<IReadOnlyDictionary<int, Probe>>(() => store.Probes(at))).Value;
}
