using System.Runtime.InteropServices;
using Analyzer.Attributions;
using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Network;
using Collector.Results;
using Collector.Store;

namespace Analyzer.Hours;

/// <summary>Adds up hours while a catchment is read: the one place where it is decided what a probe met in an hour.</summary>
/// <remarks>Rounds from outside the window are heard too, where they are read: pings at its ends take their PoP from them
/// (<see cref="PingAttribution"/>). Keeps its room from probe to probe.</remarks>
public sealed class HourGatherer : IProbeListener
{
    private readonly HourTable table;
    private readonly long from;
    private readonly long to;
    private readonly long dnsIntervalSeconds;
    private readonly int? interval;
    private readonly bool keepRtts;
    private readonly ProbeInHour[] hours;
    private readonly List<PopAnswer> answers = [];
    private readonly List<long> times = [];

    /// <summary>Begins an empty table.</summary>
    /// <param name="target">The target.</param>
    /// <param name="measurements">Its measurements of the family.</param>
    /// <param name="window">From the beginning of an hour to the end of one.</param>
    /// <param name="keepRtts">Whether to keep each answer (<see cref="HourTable.Rtts"/>), which takes as long as all the rest.</param>
    public HourGatherer(Target target, IEnumerable<StoredMeasurement> measurements, Window window, bool keepRtts = false)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(window);
        (from, to) = (window.FromUnixSeconds, window.ToUnixSeconds);
        ArgumentOutOfRangeException.ThrowIfNotEqual(from % HourReader.Hour, 0, nameof(window));
        ArgumentOutOfRangeException.ThrowIfNotEqual(to % HourReader.Hour, 0, nameof(window));
        List<StoredMeasurement> dns = [.. measurements.Where(measurement => measurement.Kind == MeasurementKind.Dns)];
        table = new HourTable(from / HourReader.Hour, (int)((to - from) / HourReader.Hour)) { IntervalSeconds = HourReader.IntervalSeconds(target, dns) };
        hours = [.. Enumerable.Range(0, table.Probes.Count).Select(_ => new ProbeInHour())];
        interval = dns.Find(measurement => !measurement.IsFollowed)?.IntervalSeconds;
        dnsIntervalSeconds = (long)target.DnsInterval.TotalSeconds;
        this.keepRtts = keepRtts;
    }

    /// <summary>The table; whole after <see cref="End"/>.</summary>
    public HourTable Table => table;

    /// <inheritdoc/>
    public void Hear(ProbeRounds rounds)
    {
        foreach (var hour in hours)
        {
            hour.Clear();
        }

        answers.Clear();
        times.Clear();
        foreach (ref readonly var round in rounds.Answered)
        {
            Add(in round);
        }

        Ask(rounds.Unanswered, isAnswered: false);
        Ask(rounds.Nameless, isAnswered: true);
        var seconds = PingAttribution.IntervalSeconds(interval, CollectionsMarshal.AsSpan(times), dnsIntervalSeconds);
        foreach (ref readonly var ping in rounds.Pings)
        {
            if (ping.At >= from && ping.At < to)
            {
                Add(in ping, rounds.Probe, seconds);
            }
        }

        for (var index = 0; index < hours.Length; index++)
        {
            if (hours[index].HasAsked)
            {
                table.Probes[index].Add(hours[index].Sum(rounds.Probe));
            }
        }
    }

    /// <inheritdoc/>
    public void End(Catchment catchment)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        table.Flips.AddRange(catchment.Probes.SelectMany(probe => probe.Flips).Where(flip => flip.At >= from && flip.At < to));
        foreach (var probe in catchment.Probes)
        {
            table.Catchments[probe.Id] = probe;
        }

        table.Sort();
    }

    private void Add(in JudgedRound round)
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
        var hour = hours[(round.At - from) / HourReader.Hour];
        hour.HasAsked = hour.IsAnswered = true;
        hour.AddRound(pop, isOurs && round.Microseconds >= 0 ? round.Microseconds / 1000.0 : double.NaN);
        if (keepRtts && round.Microseconds >= 0)
        {
            table.Rtts.Add(new AttributedRtt(round.At, round.Probe, pop, RttSource.Dns, round.Microseconds / 1000.0));
        }
    }

    private void Ask(ReadOnlySpan<long> asked, bool isAnswered)
    {
        foreach (var at in asked)
        {
            if (at >= from && at < to)
            {
                var hour = hours[(at - from) / HourReader.Hour];
                hour.HasAsked = true;
                hour.IsAnswered |= isAnswered;
            }
        }
    }

    private void Add(in PingRound ping, int probe, long intervalSeconds)
    {
        var hour = hours[(ping.At - from) / HourReader.Hour];
        hour.HasAsked = true;
        if (!ping.IsAnswered)
        {
            return;
        }

        // Single precision holds the microseconds of up to sixteen seconds.
        var ms = Math.Round(ping.RttMs * 1000.0) / 1000;
        var found = PingAttribution.At(ping.At, CollectionsMarshal.AsSpan(answers), intervalSeconds).Pop;
        var pop = found < 0 ? HourTable.UnknownNumber : found;
        hour.IsAnswered = true;
        hour.AddPing(pop, ms);
        if (keepRtts)
        {
            table.Rtts.Add(new AttributedRtt(ping.At, probe, pop, RttSource.Ping, ms));
        }
    }
}
