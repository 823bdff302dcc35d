using System.Net;
using Collector.Geography;
using Collector.Probes;
using Collector.Results;

namespace Collector.Geolocation;

/// <summary>Decides where a probe is taken to be and in whose networks: as Atlas says, checked against the GeoIP database; where Atlas says
/// nothing, as the database says of its public address. Pure.</summary>
public static class ProbePlacement
{
    /// <summary>Longer names of ASes and cities are cut. UTF-16 code units.</summary>
    public const int LongestName = 80;

    /// <summary>Places a probe.</summary>
    /// <param name="probe">The probe as Atlas describes it.</param>
    /// <param name="find">Asks the database.</param>
    /// <param name="seenV4">The address that its newest IPv4 result came from, for where Atlas shows none; null: none.</param>
    /// <param name="seenV6">The address that its newest IPv6 result came from, for where Atlas shows none; null: none.</param>
    /// <returns>The probe with what is known of it now, and in <see cref="Probe.Placing"/> who said what.</returns>
    public static Probe Place(Probe probe, Func<IPAddress, GeoRecord?> find, IPAddress? seenV4 = null, IPAddress? seenV6 = null)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(find);

        // 0,0 is how hosts write "somewhere".
        var atlas = GeoPoint.From(probe.Position?.LatitudeDegrees, probe.Position?.LongitudeDegrees);
        var (addressV4, addressV6) = (probe.AddressV4 ?? seenV4, probe.AddressV6 ?? seenV6);
        var recordV4 = addressV4 is null ? null : find(addressV4);
        var recordV6 = addressV6 is null ? null : find(addressV6);
        var witnesses = new List<Witness>(2);
        Hear(addressV4, recordV4);
        Hear(addressV6, recordV6);

        // IPv6 is often tunnelled from another country: one address that agrees with the host is enough, and of several that do not, the
        // nearest is listed.
        var witness = witnesses
            .OrderBy(witness => witness.Disagreement is { } disagreement ? disagreement.DistanceKm ?? PlaceDisagreement.FarKm : -1)
            .FirstOrDefault();
        var located = atlas is null ? witnesses.FirstOrDefault(other => other.Record.Position is not null) : null;

        // A country that does not fit the position would be worse than none.
        var country = probe.Country ?? (located ?? witnesses.FirstOrDefault(other => other.Record.Country is not null && other.Disagreement is null))?.Record.Country;
        var (asnV4, asnV6) = (probe.AsnV4 ?? recordV4?.Asn, probe.AsnV6 ?? recordV6?.Asn);
        return probe with
        {
            AddressV4 = addressV4,
            AddressV6 = addressV6,
            Position = atlas ?? located?.Record.Position,
            Country = country,
            AsnV4 = asnV4,
            AsnV6 = asnV6,
            Placing = new ProbePlacing(probe)
            {
                Position = Origin(atlas is not null, located is not null),
                Country = Origin(probe.Country is not null, country is not null),
                AsnV4 = Origin(probe.AsnV4 is not null, asnV4 is not null),
                AsnV6 = Origin(probe.AsnV6 is not null, asnV6 is not null),
                AsNameV4 = NameOf(recordV4, asnV4),
                AsNameV6 = NameOf(recordV6, asnV6),
                City = Name(located?.Record.City),
                GeoIpPosition = witnesses.Select(other => other.Record.Position).FirstOrDefault(position => position is not null),
                Disagreement = witness?.Disagreement,
                Problem = recordV4?.Problem ?? recordV6?.Problem,
            },
        };

        void Hear(IPAddress? address, GeoRecord? record)
        {
            // An anycast address is in many places at once, and who knows no place is no witness.
            if (address is not null && record is { IsAnycast: false } && (record.Country is not null || record.Position is not null))
            {
                witnesses.Add(new Witness(record, Compare(probe, address, atlas, record)));
            }
        }
    }

    /// <summary>A name that a file gave, as it may be kept and shown; null when nothing is left of it.</summary>
    internal static string? Name(string? name) => name is null ? null : IdentityText.Normalise(name, LongestName);

    private static PlaceOrigin Origin(bool isAtlas, bool isKnown) => isAtlas ? PlaceOrigin.Atlas : isKnown ? PlaceOrigin.GeoIp : PlaceOrigin.None;

    /// <summary>Two sources may have an address in two ASes; then the database's name is that of another one.</summary>
    private static string? NameOf(GeoRecord? record, uint? asn) => record?.Asn is { } number && number == asn ? Name(record.AsName) : null;

    private static PlaceDisagreement? Compare(Probe probe, IPAddress address, GeoPoint? atlas, GeoRecord record)
    {
        var sameCountry = probe.Country is not null && probe.Country == record.Country;
        if (sameCountry && record.City is null)
        {
            // A record without city has the middle of its country for a position: right, whatever the distance.
            return null;
        }

        // Where the database knows no more than a country, it is as near as that country's nearest city.
        var (position, radiusKm) = record.City is not null || record.AccuracyRadiusKm < PlaceDisagreement.FarKm
            ? (record.Position, record.AccuracyRadiusKm ?? 0)
            : (NearestOf(record.Country, atlas) ?? record.Position, 0);
        double? distanceKm = atlas is { } here && position is { } there ? Math.Max(0, GreatCircle.DistanceKm(here, there) - radiusKm) : null;
        var disagreement = new PlaceDisagreement(probe.Id, address, atlas, probe.Country, position, record.Country, Name(record.City), distanceKm) { GeoIpRadiusKm = radiusKm };
        return disagreement.IsFar || disagreement.CountriesDiffer ? disagreement : null;
    }

    private static GeoPoint? NearestOf(string? country, GeoPoint? position) =>
        country is not null && position is { } here ? Places.NearestCity(here, country)?.Position : null;

    private sealed record Witness(GeoRecord Record, PlaceDisagreement? Disagreement);
}
