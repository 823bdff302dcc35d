using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes of which somebody in their network answers DNS in our place.</summary>
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
            foreach (var probe in service.Now.Probes)
            {
                var (intercepted, answered) = (probe.Classes.Interceptor, probe.Classes.Total);
                if (intercepted < options.Rounds || intercepted < options.Share * answered || probe.Series is not { } series)
                {
                    continue;
                }

                var rounds = series.Dns.Where(round => round.Kind == RoundKind.Interceptor).ToList();
                var network = Network(probe.Asn, probe.Country);
                yield return new Finding(
                    Name,
                    Severity.Info,
                    service.Target.Name,
                    service.Family,
                    new Scope(ScopeKind.Probe, Number(probe.Id)),
                    Instant(rounds[0].At),
                    Instant(rounds[^1].At + service.DnsInterval),
                    (double)intercepted / answered,
                    0,
                    answered,
                    [probe.Id],
                    Invariant($"Probe {probe.Id} in {network}: a box on the way answers DNS for {Service(service)} in our place, {intercepted} of {answered} answers."),
                    "Its DNS answers say nothing about your PoPs and are left out; its pings count. Where many probes of one network are concerned, ask it why it intercepts DNS to your addresses: its users do not reach you.");
            }
        }
    }
}
