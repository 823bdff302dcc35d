using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Geography;

namespace Analyzer.Lookups;

/// <summary>Whose place in the catchment is asked for.</summary>
public abstract record LookupQuery
{
    /// <summary>Longer questions are not read.</summary>
    public const int LongestText = 100;

    // London is London; of two Springfields, one less than ten times as large may be meant.
    private const long Comparable = 10;

    private const string Allowed =
        "an AS (AS64500), a country (NL), a prefix (192.0.2.0/24, 2001:db8::/32), an address, a probe (probe:123), a city (Paris; Paris, US) or a place (48.9, 2.3)";

    private LookupQuery()
    {
    }

    /// <summary>A network.</summary>
    /// <param name="Number">Its AS number.</param>
    public sealed record Network(uint Number) : LookupQuery
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"AS{Number}");
    }

    /// <summary>A country.</summary>
    /// <param name="Country">The country.</param>
    public sealed record InCountry(Country Country) : LookupQuery
    {
        /// <inheritdoc/>
        public override string ToString() => Country.Name;
    }

    /// <summary>A prefix, or an address as the longest prefix there is.</summary>
    /// <param name="Block">The prefix.</param>
    public sealed record Prefix(IPNetwork Block) : LookupQuery
    {
        /// <summary>4 or 6.</summary>
        public int Family => Block.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

        /// <summary>Whether it is one address.</summary>
        public bool IsAddress => Block.PrefixLength == (Family == 4 ? 32 : 128);

        /// <inheritdoc/>
        public override string ToString() => IsAddress ? Block.BaseAddress.ToString() : Block.ToString();
    }

    /// <summary>One probe.</summary>
    /// <param name="Id">Atlas' probe id.</param>
    public sealed record OneProbe(int Id) : LookupQuery
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"probe {Id}");
    }

    /// <summary>A city: the probes around it.</summary>
    /// <param name="Place">The city, the largest of its name.</param>
    public sealed record AroundCity(Place Place) : LookupQuery
    {
        /// <summary>How many there are of that name which one could mean, with it.</summary>
        public int Homonyms { get; init; } = 1;

        /// <inheritdoc/>
        public override string ToString() => Homonyms == 1 ? $"{Place.Name}, {Place.Country}"
            : string.Create(CultureInfo.InvariantCulture, $"{Place.Name}, {Place.Country} (at {Place.Position.LatitudeDegrees:0.0}, {Place.Position.LongitudeDegrees:0.0}, the largest of {Homonyms} of that name)");
    }

    /// <summary>A place by its coordinates: the probes around it.</summary>
    /// <param name="Position">The place.</param>
    public sealed record AroundPoint(GeoPoint Position) : LookupQuery
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position.LatitudeDegrees:0.##}, {Position.LongitudeDegrees:0.##}");
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">What was found.</param>
    /// <param name="key">Where it was found, for the message: <c>q</c>.</param>
    /// <exception cref="ConfigurationException">It is none.</exception>
    public static LookupQuery Parse(string text, string key)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        return trimmed.Length <= LongestText && Read(trimmed) is { } query
            ? query
            : throw new ConfigurationException(
                trimmed.Length > 0 && trimmed.All(char.IsAsciiDigit)
                    ? $"{key} is {Quoted.Value(trimmed)}; allowed: AS{Quoted.Value(trimmed)} or probe:{Quoted.Value(trimmed)}"
                    : $"{key} is {Quoted.Value(text)}; allowed: {Allowed}");
    }

    private static LookupQuery? Read(string text)
    {
        LookupQuery? query = ReadNetwork(text);
        query ??= ReadProbe(text);
        query ??= ReadPrefix(text);
        query ??= ReadCountry(text);
        query ??= ReadPoint(text);
        return query ?? ReadCity(text);
    }

    /// <summary>AS64500, as 64500, asn64500, ASN:64500.</summary>
    private static Network? ReadNetwork(string text)
    {
        var digits = text.StartsWith("ASN", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(3) : text.StartsWith("AS", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : default;
        return uint.TryParse(digits.TrimStart(": "), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new Network(number) : null;
    }

    private static OneProbe? ReadProbe(string text)
    {
        var digits = text.StartsWith("probe", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(5).TrimStart(": #")
            : text.StartsWith('#') ? text.AsSpan(1)
            : default;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new OneProbe(id) : null;
    }

    private static Prefix? ReadPrefix(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];

        // IPAddress takes "10" for 0.0.0.10 and "fe80::1%eth0" for an address; nobody means the first, and the second is nobody's.
        if (addressText.Contains('%', StringComparison.Ordinal)
            || (!addressText.Contains(':', StringComparison.Ordinal) && addressText.Count(letter => letter == '.') != 3)
            || !IPAddress.TryParse(addressText, out var address))
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        var bits = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > bytes.Length * 8))
        {
            return null;
        }

        // 192.0.2.17/24 means the network that it is in.
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] &= (byte)(0xFF00 >> Math.Clamp(bits - (index * 8), 0, 8));
        }

        return new Prefix(new IPNetwork(new IPAddress(bytes), bits));
    }

    private static InCountry? ReadCountry(string text) =>
        (text.Length == 2 ? Countries.Find(text) : Countries.All.FirstOrDefault(country =>
            country.Name.Equals(text, StringComparison.OrdinalIgnoreCase) || country.NameInSentence.Equals(text, StringComparison.OrdinalIgnoreCase))) is { } found
            ? new InCountry(found)
            : null;

    /// <summary>48.86, 2.35: degrees north and east.</summary>
    private static AroundPoint? ReadPoint(string text) =>
        text.Split(',') is [var north, var east]
        && double.TryParse(north, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var latitude)
        && double.TryParse(east, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var longitude)
        && Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180
        && GeoPoint.From(latitude, longitude) is { } position
            ? new AroundPoint(position)
            : null;

    private static AroundCity? ReadCity(string text)
    {
        var comma = text.LastIndexOf(',');
        var country = comma < 0 ? null : Countries.Find(text[(comma + 1)..].Trim())?.Alpha2;
        var cities = comma < 0 ? Places.City(text) : country is null ? [] : Places.City(text[..comma], country);

        // Operators call their sites by airports: AMS.
        return (cities.Count > 0 ? cities : Places.Airport(text)) is [var place, ..] found
            ? new AroundCity(place) { Homonyms = found.Count(other => other.Population * Comparable >= place.Population) }
            : null;
    }
}
