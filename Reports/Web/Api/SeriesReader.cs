using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Microsoft.Extensions.Caching.Memory;
using Reports.Catchments;

namespace Reports.Web.Api;

/// <summary>Catchments step by step: how the PoPs of a target did over time.</summary>
internal sealed class SeriesReader(IObservationStore store, AnycastNetwork network, TimeProvider time) : IDisposable
{
    /// <summary>Each step is read by itself, so that there may not be any number of them.</summary>
    public const int MostSteps = 168;

    // Points kept; one has some dozen PoPs.
    private const int Kept = 20_000;

    // Late results come within hours; what is older changes only when a rule does, and then the process starts anew.
    private static readonly TimeSpan Settled = TimeSpan.FromDays(3);

    private readonly MemoryCache points = new(new MemoryCacheOptions { SizeLimit = Kept });

    /// <summary>The steps of a window, the first and last of them whole; UTC.</summary>
    /// <param name="window">The window.</param>
    /// <param name="step"><c>hour</c> or <c>day</c>.</param>
    /// <exception cref="ConfigurationException">Too many.</exception>
    public static IReadOnlyList<Window> Steps(Window window, string step)
    {
        var length = step == "hour" ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var first = new DateTimeOffset(window.From.UtcTicks - (window.From.UtcTicks % length.Ticks), TimeSpan.Zero);
        var count = (int)Math.Ceiling((window.To - first) / length);
        return count <= MostSteps
            ? [.. Enumerable.Range(0, count).Select(index => new Window(first + (index * length), first + ((index + 1) * length)))]
            : throw new ConfigurationException(
                $"from and to make {count} steps of one {step}; allowed: up to {MostSteps}{(step == "hour" ? ", or step=day" : "")}");
    }

    /// <summary>Reads them.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="pop">Only this PoP; null: all.</param>
    /// <param name="steps">At least one.</param>
    /// <param name="step">Their name.</param>
    /// <param name="cancellation">Ends it.</param>
    public SeriesShape Read(Target target, int family, string? pop, IReadOnlyList<Window> steps, string step, CancellationToken cancellation)
    {
        var reader = new CatchmentReader(store, network.IdentityTemplates, cancellation) { ProbesAsOf = steps[^1].To };
        var found = new List<SeriesPointShape>();
        foreach (var window in steps)
        {
            if (Point(reader, target, family, window) is { } point)
            {
                found.Add(pop is null ? point : point with { Pops = [.. point.Pops.Where(row => row.Pop.Equals(pop, StringComparison.OrdinalIgnoreCase))] });
            }
        }

        return new SeriesShape
        {
            Target = target.Name,
            Family = family,
            Step = step,
            From = steps[0].FromUnixSeconds,
            To = steps[^1].ToUnixSeconds,
            Points = found,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => points.Dispose();

    private SeriesPointShape? Point(CatchmentReader reader, Target target, int family, Window window)
    {
        var key = (target.Name, family, window.From, window.To);
        if (points.TryGetValue(key, out SeriesPointShape? known))
        {
            return known;
        }

        var catchment = reader.Read(target, family, window);
        var point = catchment.IsEmpty ? null : Of(catchment);
        var age = time.GetUtcNow() - window.To;
        if (age > TimeSpan.Zero)
        {
            points.Set(key, point, new MemoryCacheEntryOptions
            {
                Size = 1,
                AbsoluteExpirationRelativeToNow = age > Settled ? TimeSpan.FromHours(1) : AnswerCache.Lifetime,
            });
        }

        return point;
    }

    private static SeriesPointShape Of(Catchment catchment) => new()
    {
        At = catchment.Window.FromUnixSeconds,
        Probes = new CoverageShape { Asked = catchment.Asked, Answered = catchment.Answered, Attributed = catchment.Attributed },
        Pops =
        [
            .. CatchmentTable.Of(catchment, CatchmentKey.Pop).Rows.Select(row => new SeriesPopShape
            {
                Pop = row.Key,
                Probes = row.Probes,
                Share = row.Share is { } share ? Rounded.Share(share) : null,
                WeightedShare = row.WeightedShare is { } weighted ? Rounded.Share(weighted) : null,
                RttMs = row.RttMs is { } rtt
                    ? new QuantilesShape { P10 = Rounded.Milliseconds(rtt.P10), P50 = Rounded.Milliseconds(rtt.P50), P90 = Rounded.Milliseconds(rtt.P90) }
                    : null,
            }),
        ],
    };
}
