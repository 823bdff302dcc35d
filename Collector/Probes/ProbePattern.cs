using System.Globalization;
using Collector.Geography;

namespace Collector.Probes;

/// <summary>Some probes, as an operator writes them: one by its id (<c>6001</c>), those of a country (<c>NL</c>) or of an AS
/// (<c>AS64500</c>), those with a tag (<c>tag:system-v3</c>).</summary>
public abstract record ProbePattern
{
    /// <summary>What may be written, for messages.</summary>
    public const string Allowed = "a probe's id such as 6001, a country such as NL, an AS such as AS64500, or a tag such as tag:system-v3";

    private const string TagPrefix = "tag:";

    private ProbePattern()
    {
    }

    /// <summary>Reads one; case does not matter. Null when it is none.</summary>
    public static ProbePattern? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = text.Trim();
        if (word.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var tag = word[TagPrefix.Length..].ToLowerInvariant();
            return tag.Length > 0 && tag.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? new Tagged(tag) : null;
        }

        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id > 0 ? new One(id) : null;
        }

        return word.StartsWith("AS", StringComparison.OrdinalIgnoreCase) && uint.TryParse(word.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var asn)
            ? new OfNetwork(asn)
            : word.Length == 2 && Countries.Find(word) is { } country ? new OfCountry(country.Alpha2) : null;
    }

    /// <summary>Whether a probe is one of them.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="family">4 or 6: a probe's AS is that of the family.</param>
    public abstract bool Matches(Probe probe, int family);

    private sealed record One(int Id) : ProbePattern
    {
        public override bool Matches(Probe probe, int family) => probe.Id == Id;
    }

    private sealed record OfCountry(string Country) : ProbePattern
    {
        public override bool Matches(Probe probe, int family) => probe.Country == Country;
    }

    private sealed record OfNetwork(uint Asn) : ProbePattern
    {
        public override bool Matches(Probe probe, int family) => probe.Asn(family) == Asn;
    }

    private sealed record Tagged(string Tag) : ProbePattern
    {
        public override bool Matches(Probe probe, int family) => probe.Tags.Contains(Tag);
    }
}
