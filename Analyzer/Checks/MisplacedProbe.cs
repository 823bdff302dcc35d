using Analyzer.Findings;
using Collector.Geography;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes that are not where their hosts say, proven by light and the word of several PoPs.</summary>
/// <remarks>It has no thresholds: <see cref="LightSpeed.LightSpeedJury"/> has rules. All targets and families are heard together.</remarks>
public sealed class MisplacedProbe : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "misplaced-probe";

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var countries = new Dictionary<int, string?>();
        foreach (var probe in input.Services.SelectMany(service => service.Now.Probes))
        {
            countries.TryAdd(probe.Id, probe.Country);
        }

        return input.LightSpeed.Probes.Select(verdict =>
        {
            var away = GreatCircle.DistanceKm(verdict.Stated, verdict.Near);
            return new Finding(
                Name,
                Severity.Info,
                null,
                null,
                new Scope(ScopeKind.Probe, Number(verdict.Probe)),
                input.Window.From,
                input.Window.To,
                away,
                verdict.WithinKm,
                verdict.Against.Count + verdict.For.Count,
                [verdict.Probe],
                Invariant($"Probe {verdict.Probe} is said to be in {(countries.GetValueOrDefault(verdict.Probe) is { } country ? Land(country) : "an unknown country")}, but {List(verdict.Against)} {(verdict.Against.Count == 1 ? "answers" : "answer")} it faster than light gets there: it must be within {verdict.WithinKm:N0} km of {(Places.NearestCity(verdict.Near)?.Name ?? "a place")}, {away:N0} km away."),
                "Its distances are not used, its PoP is. The probe's host can correct the place in RIPE Atlas; you can leave the probe out with Probes:Exclude.");
        });
    }
}
