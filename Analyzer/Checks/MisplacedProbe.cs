using Analyzer.Attributions;
using Analyzer.Catchments;
using Analyzer.Findings;
using Collector.Geography;
using Collector.Probes;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Probes that are not where their hosts say, proven by light and the word of several PoPs.</summary>
/// <remarks>It has no thresholds: <see cref="LightSpeedJury"/> has rules. All targets and families are heard together.</remarks>
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
        var probes = new Dictionary<int, ProbeCatchment>();
        foreach (var probe in input.Services.SelectMany(service => service.Now.Probes))
        {
            probes.TryAdd(probe.Id, probe);
        }

        return input.LightSpeed.Probes.Select(verdict =>
        {
            var probe = probes.GetValueOrDefault(verdict.Probe);
            var isGeoIp = probe?.PositionFrom == PlaceOrigin.GeoIp;
            var away = GreatCircle.DistanceKm(verdict.Stated, verdict.Near);
            var country = probe?.Country is { } code ? Land(code) : "an unknown country";
            var said = isGeoIp ? Invariant($"Probe {verdict.Probe} is in {country} by the GeoIP database") : Invariant($"Probe {verdict.Probe} is said to be in {country}");
            var agrees = verdict.GeoIp is { } there
                ? Invariant($" The GeoIP database does not have its address there either, but near {Places.NearestCity(there)?.Name ?? "another place"}, from where it could get them.")
                : "";
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
                verdict.Against.Count + verdict.For.Count + (verdict.GeoIp is null ? 0 : 1),
                [verdict.Probe],
                Invariant($"{said}, but {List(verdict.Against)} {(verdict.Against.Count == 1 ? "answers" : "answer")} it faster than light gets there: it must be within {verdict.WithinKm:N0} km of {(Places.NearestCity(verdict.Near)?.Name ?? "a place")}, {away:N0} km away.{agrees}"),
                isGeoIp
                    ? "Its distances are not used, its PoP is. RIPE Atlas has no place of it, and the database errs: a newer one may know better, the probe's host can say where it is, and Probes:Exclude leaves it out."
                    : "Its distances are not used, its PoP is. The probe's host can correct the place in RIPE Atlas; you can leave the probe out with Probes:Exclude.");
        });
    }
}
