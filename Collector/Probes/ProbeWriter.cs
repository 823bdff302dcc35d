using System.Globalization;
using System.Text.Json;

namespace Collector.Probes;

/// <summary>Writes a <see cref="Probe"/> the way <c>/api/v2/probes/</c> does, so that <see cref="ProbeParser"/> reads it back.</summary>
public static class ProbeWriter
{
    /// <summary>Writes one probe object.</summary>
    public static void Write(Utf8JsonWriter json, Probe probe)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(probe);

        json.WriteStartObject();
        json.WriteNumber("id", probe.Id);
        json.WriteString("type", "Probe");
        json.WriteString("address_v4", probe.AddressV4?.ToString());
        json.WriteString("address_v6", probe.AddressV6?.ToString());
        Number(json, "asn_v4", probe.AsnV4);
        Number(json, "asn_v6", probe.AsnV6);
        json.WriteString("prefix_v4", probe.PrefixV4);
        json.WriteString("prefix_v6", probe.PrefixV6);
        json.WriteString("country_code", probe.Country);
        if (probe.Position is { } position)
        {
            json.WriteStartObject("geometry");
            json.WriteString("type", "Point");
            json.WriteStartArray("coordinates");
            json.WriteNumberValue(position.LongitudeDegrees);
            json.WriteNumberValue(position.LatitudeDegrees);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("geometry");
        }

        json.WriteBoolean("is_anchor", probe.IsAnchor);
        json.WriteBoolean("is_public", probe.IsPublic);
        json.WriteStartObject("status");
        json.WriteNumber("id", (int)probe.Status);
        json.WriteString("name", Name(probe.Status));
        json.WriteEndObject();
        Number(json, "first_connected", probe.FirstConnected?.ToUnixTimeSeconds());
        Number(json, "last_connected", probe.LastConnected?.ToUnixTimeSeconds());
        json.WriteStartArray("tags");
        foreach (var slug in probe.Tags)
        {
            json.WriteStartObject();
            json.WriteString("name", slug);
            json.WriteString("slug", slug);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Atlas' name of a status.</summary>
    public static string Name(ProbeStatus status) => status switch
    {
        ProbeStatus.NeverConnected => "Never Connected",
        ProbeStatus.Connected => "Connected",
        ProbeStatus.Disconnected => "Disconnected",
        ProbeStatus.Abandoned => "Abandoned",
        ProbeStatus.WrittenOff => "Written Off",
        _ => string.Create(CultureInfo.InvariantCulture, $"Other ({(int)status})"),
    };

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
