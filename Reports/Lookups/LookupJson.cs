using System.Buffers;
using System.Text;
using System.Text.Json;
using Analyzer.Lookups;
using Collector.Probes;
using Reports.Places;
using Reports.Words;

namespace Reports.Lookups;

/// <summary>An answer about a place in a catchment as JSON: the members of the contract first, in its order, then further ones. What is
/// unknown is absent.</summary>
internal static class LookupJson
{
    // A country has hundreds of them; who wants all asks the catchment by AS.
    private const int MostNetworks = 20;

    /// <summary>One object, on one line.</summary>
    public static string Write(LookupAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, answer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The object into a writer.</summary>
    public static void Write(Utf8JsonWriter json, LookupAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("query", answer.Query);
        json.WriteString("target", answer.Target);
        json.WriteStartArray("families");
        foreach (var family in answer.Families)
        {
            Write(json, family);
        }

        json.WriteEndArray();
        if (answer.Families.Select(family => family.Probe).FirstOrDefault(probe => probe is not null) is { } one)
        {
            Write(json, one);
        }

        json.WriteString("text", answer.Text);
        json.WriteEndObject();
    }

    /// <summary>The one probe that was asked about, and who says what of it.</summary>
    private static void Write(Utf8JsonWriter json, Probe probe)
    {
        json.WriteStartObject("probe");
        json.WriteNumber("id", probe.Id);
        Optional(json, "country", probe.Country);
        Optional(json, "countryFrom", PlacesText.NameOf(probe.CountryFrom));
        if (probe.Position is { } position)
        {
            json.WriteNumber("latitude", position.LatitudeDegrees);
            json.WriteNumber("longitude", position.LongitudeDegrees);
        }

        Optional(json, "placeFrom", PlacesText.NameOf(probe.PositionFrom));
        Optional(json, "city", probe.Placing?.City);
        foreach (var family in new[] { 4, 6 })
        {
            if (probe.Asn(family) is { } asn)
            {
                json.WriteNumber($"asnV{family}", asn);
                Optional(json, $"asNameV{family}", probe.AsName(family));
                Optional(json, $"asnV{family}From", PlacesText.NameOf(probe.AsnFrom(family)));
            }
        }

        if (probe.Placing?.Disagreement is { } disagreement)
        {
            DisagreementReport.Write(json, disagreement);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LookupFamily family)
    {
        json.WriteStartObject();
        json.WriteNumber("family", family.Family);
        Optional(json, "pop", family.Pop?.Code);
        Optional(json, "share", family.Share, Rounded.Share);
        Optional(json, "since", family.Since);
        Optional(json, "rttMs", family.RttMs, Rounded.Milliseconds);
        Optional(json, "nearestPop", family.Nearest?.Code);
        Optional(json, "extraKm", family.ExtraKm, Rounded.Kilometres);
        Optional(json, "extraMs", family.ExtraMs, Rounded.Milliseconds);
        Optional(json, "lastChange", family.LastChange);
        Optional(json, "confidence", family.Confidence?.ToString().ToLowerInvariant());
        json.WriteStartArray("probes");
        foreach (var probe in family.Probes)
        {
            json.WriteNumberValue(probe);
        }

        json.WriteEndArray();
        json.WriteNumber("asked", family.Probes.Count);
        json.WriteNumber("answered", family.Answered);
        json.WriteNumber("attributed", family.Attributed);
        Optional(json, "knownFrom", family.KnownFrom);
        json.WriteStartObject("pops");
        foreach (var (pop, probes) in family.Pops)
        {
            json.WriteNumber(pop, probes);
        }

        json.WriteEndObject();
        json.WriteStartArray("networks");
        foreach (var (asn, name, country) in family.Networks.Take(MostNetworks))
        {
            json.WriteStartObject();
            if (asn is { } number)
            {
                json.WriteNumber("asn", number);
            }

            Optional(json, "asName", name);
            Optional(json, "country", country);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (family.Places.IsAsked)
        {
            json.WriteStartObject("places");
            json.WriteNumber("atlas", family.Places.Atlas);
            json.WriteNumber("geoip", family.Places.GeoIp);
            json.WriteNumber("unplaced", family.Places.Unplaced);
            json.WriteNumber("disagree", family.Places.Disagree);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value, Func<double, double> rounded)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, rounded(known));
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known.ToUnixTimeSeconds());
        }
    }
}
