using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Collector.Geography;

namespace Collector.Probes;

/// <summary>Makes a <see cref="Probe"/> of one of Atlas' probe objects, whatever its age and shape.</summary>
/// <remarks>
/// Shapes met: <c>/api/v2/probes/</c> (geometry, status object, tags with slug), the flat daily archive and v1 (latitude,
/// longitude, status number, tags as slugs). Any field may be missing, null, empty or of another kind; a field that
/// cannot be read is unknown, and only an object without a usable id is no probe.
/// </remarks>
public static class ProbeParser
{
    /// <summary>Not JSON.</summary>
    public const string BadJson = "bad-json";

    /// <summary>Some other JSON value.</summary>
    public const string NotAnObject = "not-an-object";

    /// <summary>An object that says it is something else: a measurement, an anchor.</summary>
    public const string NotAProbe = "not-a-probe";

    /// <summary>No <c>id</c>.</summary>
    public const string NoId = "no-id";

    /// <summary>An <c>id</c> that is no whole number from 0 to 2,147,483,647.</summary>
    public const string BadId = "bad-id";

    // Real probes carry some twenty tags of up to forty characters.
    private const int MaximumTags = 256;
    private const int MaximumTextLength = 128;

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true };

    /// <summary>Reads one probe object.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="probe">The probe; null when it is none.</param>
    /// <returns>Null, or why it is no probe: one of this class' constants.</returns>
    public static string? TryParse(ReadOnlyMemory<byte> json, out Probe? probe)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return TryParse(document.RootElement, out probe);
        }
        catch (JsonException)
        {
            probe = null;
            return BadJson;
        }
    }

    /// <summary>Reads one probe object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="probe">The probe; null when it is none.</param>
    /// <returns>Null, or why it is no probe: one of this class' constants.</returns>
    public static string? TryParse(JsonElement json, out Probe? probe) => TryParse(json, shared: null, out probe);

    /// <summary>As above; <paramref name="shared"/> keeps one copy of each text that many probes repeat.</summary>
    internal static string? TryParse(JsonElement json, HashSet<string>? shared, out Probe? probe)
    {
        probe = null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return NotAnObject;
        }

        if (!json.TryGetProperty("id", out var idElement) || idElement.ValueKind == JsonValueKind.Null)
        {
            return NoId;
        }

        if (Text(json, "type") is { } type && !type.Equals("probe", StringComparison.OrdinalIgnoreCase))
        {
            return NotAProbe;
        }

        if (Number(idElement) is not { } id || id < 0 || id > int.MaxValue || id != Math.Floor(id))
        {
            return BadId;
        }

        probe = new Probe((int)id)
        {
            AddressV4 = Address(json, "address_v4", AddressFamily.InterNetwork),
            AddressV6 = Address(json, "address_v6", AddressFamily.InterNetworkV6),
            AsnV4 = Asn(json, "asn_v4"),
            AsnV6 = Asn(json, "asn_v6"),
            PrefixV4 = Share(Prefix(json, "prefix_v4", AddressFamily.InterNetwork), shared),
            PrefixV6 = Share(Prefix(json, "prefix_v6", AddressFamily.InterNetworkV6), shared),
            Country = Share(Country(json), shared),
            Position = Position(json),
            Status = Status(json),
            IsAnchor = Flag(json, "is_anchor") ?? false,
            IsPublic = Flag(json, "is_public") ?? true,
            Tags = Tags(json, shared),
            FirstConnected = Time(json, "first_connected"),
            LastConnected = Time(json, "last_connected"),
        };
        return null;
    }

    private static IPAddress? Address(JsonElement json, string name, AddressFamily family) =>
        Text(json, name) is { } text ? ParseAddress(text, family) : null;

    private static IPAddress? ParseAddress(ReadOnlySpan<char> text, AddressFamily family) =>
        // The framework takes "1" for 0.0.0.1; Atlas writes four parts.
        (family != AddressFamily.InterNetwork || text.Count('.') == 3)
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == family
            ? address
            : null;

    private static uint? Asn(JsonElement json, string name) =>
        json.TryGetProperty(name, out var element) && Number(element) is { } number
        && number is >= 1 and <= uint.MaxValue && number == Math.Floor(number)
            ? (uint)number
            : null;

    private static string? Prefix(JsonElement json, string name, AddressFamily family)
    {
        var text = Text(json, name);
        var slash = text?.IndexOf('/') ?? -1;
        return slash > 0
            && ParseAddress(text.AsSpan(0, slash), family) is not null
            && byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= (family == AddressFamily.InterNetwork ? 32 : 128)
                ? text
                : null;
    }

    private static string? Country(JsonElement json) =>
        Text(json, "country_code") is { Length: 2 } text && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1])
            ? text.ToUpperInvariant()
            : null;

    private static GeoPoint? Position(JsonElement json)
    {
        if (json.TryGetProperty("geometry", out var geometry)
            && geometry.ValueKind == JsonValueKind.Object
            && geometry.TryGetProperty("coordinates", out var coordinates)
            && coordinates.ValueKind == JsonValueKind.Array
            && coordinates.GetArrayLength() >= 2)
        {
            // GeoJSON (RFC 7946, section 3.1.1) puts the longitude first.
            return GeoPoint.From(Number(coordinates[1]), Number(coordinates[0]));
        }

        return json.TryGetProperty("latitude", out var latitude) && json.TryGetProperty("longitude", out var longitude)
            ? GeoPoint.From(Number(latitude), Number(longitude))
            : null;
    }

    private static ProbeStatus Status(JsonElement json)
    {
        if (json.TryGetProperty("status", out var status))
        {
            if (status.ValueKind == JsonValueKind.Object)
            {
                return status.TryGetProperty("id", out var id) && StatusOf(Number(id)) is { } known ? known : StatusNamed(Text(status, "name"));
            }

            if (StatusOf(Number(status)) is { } numbered)
            {
                return numbered;
            }

            if (Text(status) is { } name)
            {
                return StatusNamed(name);
            }
        }

        return StatusNamed(Text(json, "status_name"));
    }

    private static ProbeStatus? StatusOf(double? id) => id switch
    {
        null => null,
        0 => ProbeStatus.NeverConnected,
        1 => ProbeStatus.Connected,
        2 => ProbeStatus.Disconnected,
        3 => ProbeStatus.Abandoned,
        4 => ProbeStatus.WrittenOff,
        _ => ProbeStatus.Other,
    };

    private static ProbeStatus StatusNamed(string? name) => name?.ToUpperInvariant() switch
    {
        "NEVER CONNECTED" => ProbeStatus.NeverConnected,
        "CONNECTED" => ProbeStatus.Connected,
        "DISCONNECTED" => ProbeStatus.Disconnected,
        "ABANDONED" => ProbeStatus.Abandoned,
        "WRITTEN OFF" => ProbeStatus.WrittenOff,
        _ => ProbeStatus.Other,
    };

    private static bool? Flag(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var element) ? null : element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(element) != 0,
            _ => null,
        };

    private static List<string> Tags(JsonElement json, HashSet<string>? shared)
    {
        if (!json.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var slugs = new List<string>(Math.Min(tags.GetArrayLength(), MaximumTags));
        foreach (var tag in tags.EnumerateArray())
        {
            var slug = tag.ValueKind == JsonValueKind.Object ? Text(tag, "slug") : Text(tag);
            if (slug is not null && slugs.Count < MaximumTags)
            {
                slugs.Add(Share(slug, shared)!);
            }
        }

        return slugs;
    }

    private static DateTimeOffset? Time(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var element))
        {
            return null;
        }

        if (Number(element) is { } seconds)
        {
            // Up to the year 9999, which is as far as the type goes; 0 is how "never" is written.
            return seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
        }

        return Text(element) is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : null;
    }

    private static double? Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when Text(element) is { } text
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => number,
        _ => null,
    };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var element) ? Text(element) : null;

    private static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            var text = element.GetString()!.Trim();
            return text.Length is 0 or > MaximumTextLength || text.Any(char.IsControl) ? null : text;
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair.
            return null;
        }
    }

    private static string? Share(string? text, HashSet<string>? shared)
    {
        if (text is null || shared is null)
        {
            return text;
        }

        if (shared.TryGetValue(text, out var known))
        {
            return known;
        }

        // Bounded: a hostile file could hold millions of different texts.
        if (shared.Count < 65_536)
        {
            shared.Add(text);
        }

        return text;
    }
}
