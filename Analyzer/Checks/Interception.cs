using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes of which somebody in their network answers DNS in our place.</summary>
/// <remarks>
/// Some say so: they answer with the name of a resolver or middlebox. Others give themselves away by answering before a ping can be back
/// (<see cref="Haste"/>), whatever name they bear, or in another manner than our servers do (<see cref="UsualManners"/>).
/// </remarks>
public sealed class Interception(InterceptionOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "interception";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var service in input.Services)
        {
            var usual = UsualManners.Of(service.Now, options.Majority, options.Peers);
            foreach (var probe in service.Now.Probes)
            {
                if ((ByName(service, probe) ?? ByHaste(service, probe) ?? ByManner(service, usual, probe)) is { } finding)
                {
                    yield return finding;
                }
            }
        }
    }

    private Finding? ByName(ServiceSeries service, ProbeCatchment probe)
    {
        var (intercepted, answered) = (probe.Classes.Interceptor, probe.Classes.Total);
        if (intercepted < service.Rounds(options.Rounds) || intercepted < options.Share * answered || probe.Series is not { } series)
        {
            return null;
        }

        var rounds = series.Dns.Where(round => round.Kind == RoundKind.Interceptor).ToList();
        var name = series.Stranger is { } stranger ? $" and calls itself \"{Quoted.Value(stranger)}\"" : "";
        return Of(service, probe, rounds[0].At, rounds[^1].At, intercepted, answered, Invariant(
            $"a box on the way answers DNS for {Service(service)} in our place{name}, {Of(intercepted, answered)}."));
    }

    /// <summary>A name may be missing, or sound like ours: that the answer is there long before a ping is back tells of it all the same.</summary>
    private Finding? ByHaste(ServiceSeries service, ProbeCatchment probe)
    {
        if (!Haste.IsHasty(probe.DoubtedRttMs ?? double.NaN, probe.FastestPingMs ?? double.NaN) || probe.Series is not { } series)
        {
            return null;
        }

        var rounds = series.Dns.Where(round => round.Kind is RoundKind.Interceptor or RoundKind.Unknown or RoundKind.Impossible or RoundKind.Nameless).ToList();
        var answered = probe.Classes.Total;
        if (rounds.Count < service.Rounds(options.Rounds) || rounds.Count < options.Share * answered)
        {
            return null;
        }

        var name = series.Manners.Where(manner => manner.Text is not null).OrderByDescending(manner => manner.Answers).FirstOrDefault()?.Text is { } text
            ? $" as \"{Quoted.Value(text)}\"" : "";
        return Of(service, probe, rounds[0].At, rounds[^1].At, rounds.Count, answered, Invariant(
            $"somebody on the way answers DNS for {Service(service)} in our place{name}, {Of(rounds.Count, answered)}: in {probe.DoubtedRttMs:0.#} ms, where no ping is back before {probe.FastestPingMs:0} ms."));
    }

    private Finding? ByManner(ServiceSeries service, UsualManners usual, ProbeCatchment probe)
    {
        foreach (var question in (probe.Series?.Manners ?? []).Where(manner => !manner.IsSilence).GroupBy(manner => manner.Question))
        {
            if (usual.Find(question.Key) is not { } ours)
            {
                continue;
            }

            var foreign = question.Where(ours.IsForeign).ToList();
            var (strange, answered) = (foreign.Sum(manner => manner.Answers), question.Sum(manner => manner.Answers));

            // A server of ours that cannot say its name now and then is no box on the way; one that never says it would still look like one.
            var share = ours.HasText ? Math.Max(options.Share, 0.5) : options.Share;
            if (foreign.Count == 0 || strange < service.Rounds(options.Rounds) || strange < share * answered)
            {
                continue;
            }

            var example = foreign.MaxBy(manner => (manner.HasText, manner.Answers))!;
            var server = ours.HasText ? " Or it reaches a server of yours that does not say its name." : "";
            return Of(service, probe, foreign.Min(manner => manner.FirstAt), foreign.Max(manner => manner.LastAt), strange, answered, Invariant(
                $"somebody on the way seems to answer {question.Key} for {Service(service)} in our place: {UsualManners.Words(example)} where {ours.Share * 100:0} % of the probes get {ours.Words}, {Of(strange, answered)}.{server}"));
        }

        return null;
    }

    private Finding Of(ServiceSeries service, ProbeCatchment probe, long first, long last, int intercepted, int answered, string what) => new(
        Name,
        Severity.Info,
        service.Target.Name,
        service.Family,
        new Scope(ScopeKind.Probe, Number(probe.Id)),
        Instant(first),
        Instant(last + service.DnsInterval),
        (double)intercepted / answered,
        0,
        answered,
        [probe.Id],
        Invariant($"Probe {probe.Id} in {Network(probe)}: {what}"),
        "Its DNS answers say nothing about your PoPs; its pings do. Where many probes of one network are concerned, ask it why it intercepts DNS to your addresses: its users do not reach you.");

    private static string Of(int intercepted, int answered) => answered == 1 ? "its only answer" : Invariant($"{intercepted} of {answered} answers");
}
