using System.Runtime.InteropServices;
using Analyzer.Identities;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;

namespace Analyzer.Catchments;

/// <summary>Reads the samples of one probe after the other into rounds and pings.</summary>
/// <remarks>
/// The hot path of every report: a week of 12,000 probes, three targets and both families is 24 million samples. Nothing is allocated a
/// sample: identities are numbers of <see cref="RoundJudge"/>, lists keep their room from probe to probe.
/// <para>A round is what a probe asked at one time: the DNS samples of several measurements (id.server, hostname.bind) that lie no
/// more than half an interval after the first of them, at most one time of each. Failed attempts are no part of it.</para>
/// </remarks>
internal sealed class ProbeReader
{
    private const long NotYet = long.MinValue;

    // Their answers are software versions, not names of sites; an NSID beside them is as good as any.
    private static readonly HashSet<string> VersionQueries = new(StringComparer.OrdinalIgnoreCase) { "version.bind", "version.server" };

    private readonly long halfIntervalSeconds;
    private readonly int[] sourceOf;
    private readonly int[] cursors;
    private readonly long[] lastAt;
    private readonly (long Probes, long Times)[] asked;
    private readonly RoundJudge judge;
    private readonly bool keepSeries;
    private readonly bool keepRounds;
    private readonly IReadOnlyDictionary<int, Probe> probes;

    // The probe being read.
    private ProbeState state = new();
    private GeoPoint? position;

    // The round being read.
    private long roundAt;
    private bool roundAnswered;
    private int roundCombination;
    private int roundMicroseconds;
    private int epoch;

    // The combination that the last answer led to: mostly the next answer leads there too.
    private (int Combination, int Identity, int Nsid, int Source) remembered = (-1, 0, 0, 0);
    private int rememberedResult;

    /// <summary>Reads probes of one target, family and window.</summary>
    /// <param name="dns">The DNS measurements, in the order in which each probe's samples come; pings come after them.</param>
    /// <param name="target">The target.</param>
    /// <param name="judge">Judges the rounds.</param>
    /// <param name="probes">The probes by id.</param>
    /// <param name="keepSeries">Whether to keep each ping, each silent round and the manners of the answers.</param>
    /// <param name="hasListener">Whether to keep each ping and each silent round in any case.</param>
    public ProbeReader(
        IReadOnlyList<StoredMeasurement> dns, Target target, RoundJudge judge, IReadOnlyDictionary<int, Probe> probes, bool keepSeries, bool hasListener)
    {
        this.keepSeries = keepSeries;
        keepRounds = keepSeries || hasListener;
        this.judge = judge;
        this.probes = probes;

        // What a result without its query answered: the first of what the target is asked.
        var defaultSource = target.Identity is [var first, ..] ? first : "id.server";
        Questions = [.. dns.Select(measurement => measurement.Query ?? defaultSource)];

        // Where no server of ours says anything, a version too is a stranger's.
        sourceOf = [.. Questions.Select(question => VersionQueries.Contains(question) && !target.IsAnonymous ? -1 : judge.Source(question))];
        cursors = new int[dns.Count];
        lastAt = new long[dns.Count];
        asked = new (long, long)[dns.Count];
        halfIntervalSeconds = dns

            // Followed measurements ask more often than they are read.
            .Select(measurement => measurement.IsFollowed ? null : measurement.IntervalSeconds)
            .Select(seconds => (long)(seconds ?? target.DnsInterval.TotalSeconds))
            .Append((long)target.DnsInterval.TotalSeconds)
            .Min() / 2;
    }

    /// <summary>How often a DNS measurement asked a probe, on average over the probes that it asked, of the measurement that asked most often;
    /// null: none asked.</summary>
    public double? RoundsHeld => asked.Max(one => one.Probes == 0 ? (double?)null : (double)one.Times / one.Probes);

    /// <summary>What each of the DNS measurements asks.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>Reads one probe.</summary>
    /// <param name="samples">The probe's samples.</param>
    /// <param name="measurements">How many measurements they come from.</param>
    /// <param name="into">Receives what was read.</param>
    public void Read(ProbeSamples samples, int measurements, ProbeState into)
    {
        state = into;
        state.Clear(samples.Probe);
        position = probes.GetValueOrDefault(samples.Probe)?.Position;
        roundAt = NotYet;
        epoch = 0;
        Array.Clear(cursors);
        ReadRounds(samples);
        for (var index = cursors.Length; index < measurements; index++)
        {
            ReadPings(CollectionsMarshal.AsSpan(samples.Of(index)));
        }
    }

    private void ReadRounds(ProbeSamples samples)
    {
        var filled = 0;
        var only = 0;
        for (var index = 0; index < cursors.Length; index++)
        {
            if (samples.Of(index).Count > 0)
            {
                filled++;
                only = index;
            }
        }

        Array.Fill(lastAt, NotYet);
        if (filled == 1)
        {
            foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples.Of(only)))
            {
                ReadSample(in sample, only);
            }
        }
        else if (filled > 1)
        {
            ReadInterleaved(samples);
        }

        if (roundAt != NotYet)
        {
            EndRound();
        }
    }

    /// <summary>Reads the samples of several measurements in the order of their times.</summary>
    private void ReadInterleaved(ProbeSamples samples)
    {
        while (true)
        {
            var from = -1;
            var at = long.MaxValue;
            for (var index = 0; index < cursors.Length; index++)
            {
                var list = samples.Of(index);
                if (cursors[index] < list.Count && CollectionsMarshal.AsSpan(list)[cursors[index]].At is var next && next < at)
                {
                    from = index;
                    at = next;
                }
            }

            if (from < 0)
            {
                return;
            }

            ReadSample(in CollectionsMarshal.AsSpan(samples.Of(from))[cursors[from]++], from);
        }
    }

    private void ReadSample(in Sample sample, int from)
    {
        if (sample.Outcome == Outcome.Failed)
        {
            return;
        }

        // Elements of one resultset share their time and their round; a later time of the same measurement is a new round.
        var at = sample.At;
        if (roundAt != NotYet && (at - roundAt > halfIntervalSeconds || (lastAt[from] >= roundAt && lastAt[from] != at)))
        {
            EndRound();
        }

        if (roundAt == NotYet)
        {
            BeginRound(at);
        }

        Count(from, at);
        lastAt[from] = at;
        if (sample.Outcome == Outcome.Answered)
        {
            AddAnswer(in sample, sourceOf[from]);
        }

        if (keepSeries)
        {
            CountManner(in sample, from);
        }
    }

    private void Count(int from, long at)
    {
        ref var count = ref asked[from];
        count.Probes += lastAt[from] == NotYet ? 1 : 0;
        count.Times += lastAt[from] == at ? 0 : 1;
    }

    private void BeginRound(long at)
    {
        while (epoch + 1 < judge.EpochStarts.Length && judge.EpochStarts[epoch + 1] <= at)
        {
            epoch++;
        }

        roundAt = at;
        roundAnswered = false;
        roundCombination = epoch;
        roundMicroseconds = -1;
    }

    private void AddAnswer(in Sample sample, int source)
    {
        roundAnswered = true;
        if (sample.RttMicroseconds >= 0 && (roundMicroseconds < 0 || sample.RttMicroseconds < roundMicroseconds))
        {
            roundMicroseconds = sample.RttMicroseconds;
        }

        var asked = (roundCombination, sample.Identity, sample.Nsid, source);
        if (asked != remembered)
        {
            var grown = source < 0 ? roundCombination : judge.Add(roundCombination, sample.Identity, source);
            rememberedResult = judge.Add(grown, sample.Nsid, RoundJudge.NsidSource);
            remembered = asked;
        }

        roundCombination = rememberedResult;
    }

    private void CountManner(in Sample sample, int from)
    {
        var text = sample.Identity != 0 ? sample.Identity : sample.Nsid;
        var rcode = sample.Outcome == Outcome.Answered ? sample.Rcode : AnswerManner.Silence;
        foreach (ref var known in CollectionsMarshal.AsSpan(state.Manners))
        {
            if (known.IsOf(from, rcode, text != 0))
            {
                known = known with { Answers = known.Answers + 1, LastAt = sample.At };
                return;
            }
        }

        state.Manners.Add(new MannerCount(from, rcode, text != 0) { Text = text, Answers = 1, FirstAt = sample.At, LastAt = sample.At });
    }

    private void EndRound()
    {
        var at = roundAt;
        roundAt = NotYet;
        state.DnsAsked++;
        if (!roundAnswered)
        {
            if (keepRounds)
            {
                state.Unanswered.Add(at);
            }

            return;
        }

        var judged = judge[roundCombination];
        if (judged.DependsOnSighting && position is { } here && roundMicroseconds >= 0)
        {
            judged = judge.Seen(roundCombination, new Sighting(here, roundMicroseconds / 1000.0));
        }

        state.Rounds.Add(new AnsweredRound(at, roundCombination, roundMicroseconds, judged));
    }

    private void ReadPings(ReadOnlySpan<Sample> samples)
    {
        foreach (ref readonly var sample in samples)
        {
            if (sample.Outcome == Outcome.Failed)
            {
                continue;
            }

            state.PingsAsked++;
            if (keepRounds)
            {
                var isTimed = sample.Outcome == Outcome.Answered && sample.RttMicroseconds >= 0;
                state.Pings.Add(new PingRound((uint)sample.At, isTimed ? sample.RttMicroseconds / 1000f : float.NaN));
            }

            if (sample.Outcome == Outcome.Answered)
            {
                state.PingsAnswered++;
                if (sample.RttMicroseconds >= 0)
                {
                    state.PingsMs.Add(sample.RttMicroseconds / 1000.0);
                }
            }

            if (sample.Sent > 0 && (sample.Received >= 0 || sample.Outcome == Outcome.Unanswered))
            {
                state.PacketsSent += sample.Sent;
                state.PacketsReceived += sample.Outcome == Outcome.Unanswered ? 0 : Math.Min(sample.Received, sample.Sent);
            }
        }
    }
}
