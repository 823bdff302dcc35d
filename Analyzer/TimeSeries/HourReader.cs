using System.Runtime.InteropServices;
using Analyzer.Attributions;
using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Collector.Results;
using Collector.Store;

namespace Analyzer.TimeSeries;

/// <summary>Reads who reached which PoP, hour by hour, out of a store.</summary>
/// <remarks>
/// Two passes over the samples: the first judges the DNS rounds as every catchment does, the second gives pings the PoP of the rounds around
/// them (<see cref="PingAttribution"/>) and learns who asked and was not answered. Rounds from before and after the window are read too,
/// for the pings at its ends and for changes of PoP, of which it takes several rounds to tell.
/// </remarks>
/// <param name="store">Where the observations are.</param>
/// <param name="catchments">Reads catchments of the same store.</param>
public sealed class HourReader(IObservationStore store, CatchmentReader catchments)
{
    /// <summary>Seconds of an hour.</summary>
    public const int Hour = 3600;

    // Followed measurements may say anything of their interval; the time read around a window stays bounded.
    private const long LongestIntervalSeconds = 86_400;

    /// <summary>The time between two CHAOS queries of a target, the longest of its measurements'; seconds, at most a day.</summary>
    /// <param name="target">The target.</param>
    /// <param name="measurements">Its measurements.</param>
    public static long IntervalSeconds(Target target, IEnumerable<StoredMeasurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Math.Clamp(
            measurements.Where(measurement => measurement.Kind == MeasurementKind.Dns && !measurement.IsFollowed)
                .Select(measurement => (long)(measurement.IntervalSeconds ?? 0))
                .Append((long)target.DnsInterval.TotalSeconds)
                .Max(),
            60,
            LongestIntervalSeconds);
    }

    /// <summary>Reads whole hours.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">4 or 6.</param>
    /// <param name="window">From the beginning of an hour to the end of one.</param>
    /// <param name="keepRtts">Whether to keep each answer (<see cref="HourTable.Rtts"/>), which takes as long as all the rest.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern or template cannot be used.</exception>
    public HourTable Read(Target target, int family, Window window, bool keepRtts = true)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);
        var (from, to) = (window.FromUnixSeconds, window.ToUnixSeconds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(from % Hour, 0, nameof(window));
        ArgumentOutOfRangeException.ThrowIfNotEqual(to % Hour, 0, nameof(window));
        var measurements = store.Measurements(target.Name).Where(measurement => measurement.Family == family).OrderBy(measurement => measurement.Kind).ToList();
        var interval = IntervalSeconds(target, measurements);
        var table = new HourTable(from / Hour, (int)((to - from) / Hour)) { IntervalSeconds = interval };
        if (measurements.Count == 0)
        {
            return table;
        }

        var around = TimeSpan.FromSeconds((FlipDetector.RoundsToPersist + 1) * interval);
        var rounds = new Dictionary<int, List<JudgedRound>>();
        var wide = new Window(window.From - around, window.To + around);
        var catchment = catchments.Read(target, family, wide, round =>
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(rounds, round.Probe, out _);
            (list ??= []).Add(round);
        });
        table.Flips.AddRange(catchment.Probes.SelectMany(probe => probe.Flips).Where(flip => flip.At >= from && flip.At < to));
        foreach (var probe in catchment.Probes)
        {
            table.Catchments[probe.Id] = probe;
        }

        var reader = new OfProbe(table, from, to, target, measurements, keepRtts);
        foreach (var samples in store.ReadByProbe([.. measurements.Select(measurement => measurement.Id)], wide.FromUnixSeconds, wide.ToUnixSeconds))
        {
            reader.Read(samples, rounds.GetValueOrDefault(samples.Probe));
        }

        table.Sort();
        return table;
    }

    /// <summary>Reads one probe after the other into the table; keeps its room from probe to probe.</summary>
    private sealed class OfProbe(HourTable table, long from, long to, Target target, IReadOnlyList<StoredMeasurement> measurements, bool keepRtts)
    {
        private readonly ProbeInHour[] hours = [.. Enumerable.Range(0, table.Probes.Count).Select(_ => new ProbeInHour())];
        private readonly List<PopAnswer> answers = [];
        private readonly List<long> times = [];
        private readonly int? interval = measurements.FirstOrDefault(one => one.Kind == MeasurementKind.Dns && !one.IsFollowed)?.IntervalSeconds;

        public void Read(ProbeSamples samples, List<JudgedRound>? rounds)
        {
            foreach (var hour in hours)
            {
                hour.Clear();
            }

            answers.Clear();
            times.Clear();
            foreach (var round in rounds ?? [])
            {
                ReadRound(round);
            }

            var seconds = PingAttribution.IntervalSeconds(interval, CollectionsMarshal.AsSpan(times), (long)target.DnsInterval.TotalSeconds);
            for (var index = 0; index < measurements.Count; index++)
            {
                foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples.Of(index)))
                {
                    if (sample.Outcome != Outcome.Failed && sample.At >= from && sample.At < to)
                    {
                        ReadSample(in sample, measurements[index].Kind, samples.Probe, seconds);
                    }
                }
            }

            for (var index = 0; index < hours.Length; index++)
            {
                if (hours[index].HasAsked)
                {
                    table.Probes[index].Add(hours[index].Sum(samples.Probe));
                }
            }
        }

        private void ReadRound(in JudgedRound round)
        {
            var pop = round.Class switch
            {
                IdentityClass.Pop => table.NumberOf(round.Pop!.Code),
                IdentityClass.Interceptor => HourTable.InterceptorNumber,
                _ => HourTable.UnknownNumber,
            };
            answers.Add(new PopAnswer(round.At, pop >= HourTable.FirstPop ? pop : -1));
            times.Add(round.At);
            table.LastAnswers[round.Probe] = round.At;
            if (round.At < from || round.At >= to)
            {
                return;
            }

            // Neither an interceptor's time nor an invented one is our service's.
            var isOurs = round.Class is not (IdentityClass.Interceptor or IdentityClass.Impossible);
            hours[(round.At - from) / Hour].AddRound(pop, isOurs && round.Microseconds >= 0 ? round.Microseconds / 1000.0 : double.NaN);
            if (keepRtts && round.Microseconds >= 0)
            {
                table.Rtts.Add(new AttributedRtt(round.At, round.Probe, pop, RttSource.Dns, round.Microseconds / 1000.0));
            }
        }

        private void ReadSample(in Sample sample, MeasurementKind kind, int probe, long intervalSeconds)
        {
            var hour = hours[(sample.At - from) / Hour];
            hour.HasAsked = true;
            if (sample.Outcome != Outcome.Answered)
            {
                return;
            }

            hour.IsAnswered = true;
            if (kind == MeasurementKind.Ping && sample.RttMicroseconds >= 0)
            {
                var found = PingAttribution.At(sample.At, CollectionsMarshal.AsSpan(answers), intervalSeconds).Pop;
                var pop = found < 0 ? HourTable.UnknownNumber : found;
                hour.AddPing(pop, sample.RttMicroseconds / 1000.0);
                if (keepRtts)
                {
                    table.Rtts.Add(new AttributedRtt(sample.At, probe, pop, RttSource.Ping, sample.RttMicroseconds / 1000.0));
                }
            }
        }
    }
}
