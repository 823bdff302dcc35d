using Analyzer.Catchments;
using Analyzer.Hours;
using Analyzer.Time;
using App.Series;
using App.Web.Serving;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Microsoft.Extensions.Caching.Memory;
using Reports.Words;

namespace App.Web.Api;

/// <summary>How the PoPs of a target did over time, in steps of an hour or a day.</summary>
/// <remarks>An hour is what the time series database holds of it. A day is the catchment of that day and always worked out of the store: a probe
/// is at one PoP of a day and may be at several in its hours, and quantiles of quantiles are none.</remarks>
internal sealed class SeriesReader(IObservationStore store, AnycastNetwork network, SeriesHoursReader hours, TimeProvider time) : IDisposable
{
    /// <summary>So many steps may be asked for.</summary>
    public const int MostSteps = 168;

    /// <summary>The word for the store where the answer says where it is from.</summary>
    public const string Store = "store";

    /// <summary>The word for the time series database.</summary>
    public const string Database = "influxdb";

    // Points kept; one has some dozen PoPs.
    private const int Kept = 20_000;

    // Late results come within hours; what is older changes only when a rule does, and then the process starts anew.
    private static readonly TimeSpan Settled = TimeSpan.FromDays(3);

    private readonly MemoryCache days = new(new MemoryCacheOptions { SizeLimit = Kept });

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
    /// <returns>The answer, and the words for where it is from.</returns>
    public async Task<(SeriesShape Shape, IReadOnlyCollection<string> Sources)> ReadAsync(
        Target target, int family, string? pop, IReadOnlyList<Window> steps, string step, CancellationToken cancellation)
    {
        var (from, to) = (steps[0].FromUnixSeconds, steps[^1].ToUnixSeconds);
        var found = (step == "hour" ? await HoursAsync(target, family, steps, cancellation) : Days(target, family, steps, cancellation))
            .SelectMany(day => day.Points).Where(one => one.Point.At >= from && one.Point.At < to).ToList();
        return (
            new SeriesShape
            {
                Target = target.Name,
                Family = family,
                Step = step,
                From = from,
                To = to,
                Points =
                [
                    .. found.Select(one => pop is null
                        ? one.Point
                        : one.Point with { Pops = [.. one.Point.Pops.Where(row => row.Pop.Equals(pop, StringComparison.OrdinalIgnoreCase))] }),
                ],
            },
            [.. found.Select(one => one.Source).DefaultIfEmpty(Store).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public void Dispose() => days.Dispose();

    /// <summary>The UTC days that hold the steps, each with its hours: days that follow each other and are not known yet are read in one go.</summary>
    private async Task<IReadOnlyList<Day>> HoursAsync(Target target, int family, IReadOnlyList<Window> steps, CancellationToken cancellation)
    {
        var places = store.PlacesVersion;
        var wanted = StoreSeriesQuery.Days(new Window(steps[0].From.UtcDateTime.Date, steps[^1].To)).Select(day => day.From).ToList();
        var known = wanted.ConvertAll(day => days.TryGetValue(Key(places, target, family, "hour", day), out Day? kept) ? kept : null);
        while (known.FindIndex(day => day is null) is >= 0 and var begin)
        {
            var end = known.FindIndex(begin, day => day is not null) is >= 0 and var next ? next : known.Count;
            var read = await hours.ReadAsync(target, family, new Window(wanted[begin], wanted[end - 1].AddDays(1)), cancellation);
            var points = read.Hours.ToLookup(hour => DateTimeOffset.FromUnixTimeSeconds(hour.At).UtcDateTime.Date, hour => (Of(hour), SourceOf(hour.At, read.Held)));
            for (var index = begin; index < end; index++)
            {
                known[index] = Keep(Key(places, target, family, "hour", wanted[index]), wanted[index].AddDays(1), new Day([.. points[wanted[index].UtcDateTime]]));
            }
        }

        return known!;
    }

    private List<Day> Days(Target target, int family, IReadOnlyList<Window> steps, CancellationToken cancellation)
    {
        var places = store.PlacesVersion;

        // Reading all probes takes longer than a day's samples of some.
        var reader = new CatchmentReader(store, network.IdentityTemplates, cancellation) { ProbesAsOf = steps[^1].To };
        return [.. steps.Select(window =>
        {
            var key = Key(places, target, family, "day", window.From);
            if (!days.TryGetValue(key, out Day? day))
            {
                var catchment = reader.Read(target, family, window);
                day = Keep(key, window.To, new Day(catchment.IsEmpty ? [] : [(Of(catchment), Store)]));
            }

            return day!;
        })];
    }

    /// <summary>What a day is kept by; another when another database places the probes.</summary>
    private static (int Places, string Target, int Family, string Step, DateTimeOffset Day) Key(int places, Target target, int family, string step, DateTimeOffset day) =>
        (places, target.Name, family, step, day);

    /// <summary>Keeps a day that is over for a while.</summary>
    private Day Keep(object key, DateTimeOffset end, Day day)
    {
        var age = time.GetUtcNow() - end;
        if (age > TimeSpan.Zero)
        {
            days.Set(key, day, new MemoryCacheEntryOptions
            {
                Size = 1 + day.Points.Count,
                AbsoluteExpirationRelativeToNow = age > Settled ? TimeSpan.FromHours(1) : AnswerCache.Lifetime,
            });
        }

        return day;
    }

    private static SeriesPointShape Of(HourRollup hour) => new()
    {
        At = hour.At,
        Probes = new CoverageShape { Asked = hour.Asked, Answered = hour.Answered, Attributed = hour.Attributed },
        Pops =
        [
            .. hour.Pops.Where(row => HourTable.IsPop(row.Pop)).OrderByDescending(row => row.Probes).ThenBy(row => row.Pop, StringComparer.Ordinal)
                .Select(row => Of(row.Pop, row.Probes, row.Share, row.WeightedShare, row.Rtt is { } rtt ? (rtt.P10, rtt.P50, rtt.P90) : null)),
        ],
    };

    private static SeriesPointShape Of(Catchment catchment) => new()
    {
        At = catchment.Window.FromUnixSeconds,
        Probes = new CoverageShape { Asked = catchment.Asked, Answered = catchment.Answered, Attributed = catchment.Attributed },
        Pops =
        [
            .. CatchmentTable.Of(catchment, CatchmentKey.Pop).Rows
                .Select(row => Of(row.Key, row.Probes, row.Share, row.WeightedShare, row.RttMs is { } rtt ? (rtt.P10, rtt.P50, rtt.P90) : null)),
        ],
    };

    private static SeriesPopShape Of(string pop, int probes, double? share, double? weighted, (double P10, double P50, double P90)? rttMs) => new()
    {
        Pop = pop,
        Probes = probes,
        Share = share is { } raw ? Rounded.Share(raw) : null,
        WeightedShare = weighted is { } post ? Rounded.Share(post) : null,
        RttMs = rttMs is { } rtt
            ? new QuantilesShape { P10 = Rounded.Milliseconds(rtt.P10), P50 = Rounded.Milliseconds(rtt.P50), P90 = Rounded.Milliseconds(rtt.P90) }
            : null,
    };

    private static string SourceOf(long at, Window? held) => held is not null && at >= held.FromUnixSeconds && at < held.ToUnixSeconds ? Database : Store;

    private sealed record Day(IReadOnlyList<(SeriesPointShape Point, string Source)> Points);
}
