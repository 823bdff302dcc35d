using System.Net;
using Collector.Geography;
using Collector.Probes;

namespace Collector.Geolocation;

/// <summary>Decides where a probe is taken to be: where its host says, checked against the GeoIP database; else where the database says.</summary>
public static class ProbePlacement
{
    /// <summary>From here on a disagreement is no longer a GeoIP database's usual error. Kilometres.</summary>
    public const double DisagreementKm = 500;

    /// <summary>Places a probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="database">The database; null: only Atlas is asked.</param>
    public static ProbePlace Place(Probe probe, IGeoDatabase? database)
    {
        // 0,0 is how hosts write "somewhere".
        var atlas = GeoPoint.From(probe.Position?.LatitudeDegrees, probe.Position?.LongitudeDegrees);
        var (witnesses, problem) = Ask(probe, atlas, database);

        // IPv6 is often tunnelled from another country: one address that agrees with the host is enough, and of several that do not, the
        // nearest is listed.
        var witness = witnesses
            .OrderBy(witness => witness.Disagreement is { } disagreement ? disagreement.DistanceKm ?? DisagreementKm : -1)
            .FirstOrDefault();
        var located = atlas is null ? witnesses.FirstOrDefault(other => other.Record.Position is not null) : null;
        return new ProbePlace(probe.Id, atlas ?? located?.Record.Position, atlas is not null ? PlaceOrigin.Atlas : located is not null ? PlaceOrigin.GeoIp : PlaceOrigin.None)
        {
            // A country that does not fit the position would be worse than none.
            Country = probe.Country ?? (located ?? witnesses.FirstOrDefault(other => other.Record.Country is not null && other.Disagreement is null))?.Record.Country,
            Disagreement = witness?.Disagreement,
            Problem = problem,
        };
    }

    /// <summary>Places many probes, in their order.</summary>
    public static IReadOnlyList<ProbePlace> PlaceAll(IEnumerable<Probe> probes, IGeoDatabase? database) => [.. probes.Select(probe => Place(probe, database))];

    private static (IReadOnlyList<Witness> Witnesses, string? Problem) Ask(Probe probe, GeoPoint? atlas, IGeoDatabase? database)
    {
        var witnesses = new List<Witness>(2);
        string? problem = null;
        foreach (var address in new[] { probe.AddressV4, probe.AddressV6 })
        {
            if (database is null || address is null)
            {
                continue;
            }

            // Damage in a database does not stop the rest; the operator is told.
            var record = database.Find(address);
            problem = record?.Problem ?? problem;

            // An anycast address is in many places at once, and who knows no place is no witness.
            if (record is { IsAnycast: false } && (record.Country is not null || record.Position is not null))
            {
                witnesses.Add(new Witness(record, Compare(probe, address, atlas, record)));
            }
        }

        return (witnesses, problem);
    }

    private static PlaceDisagreement? Compare(Probe probe, IPAddress address, GeoPoint? atlas, GeoRecord record)
    {
        var sameCountry = probe.Country is not null && probe.Country == record.Country;
        if (sameCountry && record.City is null)
        {
            // A record without city has the middle of its country for a position: right, whatever the distance.
            return null;
        }

        // Where the database knows no more than a country, it is as near as that country's nearest city.
        var (position, radiusKm) = record.City is not null || record.AccuracyRadiusKm < DisagreementKm
            ? (record.Position, record.AccuracyRadiusKm ?? 0)
            : (NearestOf(record.Country, atlas) ?? record.Position, 0);
        double? distanceKm = atlas is { } here && position is { } there ? Math.Max(0, GreatCircle.DistanceKm(here, there) - radiusKm) : null;
        var disagreement = new PlaceDisagreement(probe.Id, address, atlas, probe.Country, position, record.Country, record.City, distanceKm);
        return disagreement.IsFar || disagreement.CountriesDiffer ? disagreement : null;
    }

    private static GeoPoint? NearestOf(string? country, GeoPoint? position) =>
        country is not null && position is { } here ? Places.NearestCity(here, country)?.Position : null;

    private sealed record Witness(GeoRecord Record, PlaceDisagreement? Disagreement);
}
