using System.Globalization;
using Collector.Configuration;
using Collector.Geolocation;

namespace App.Inspection;

/// <summary>Looks through the GeoIP databases, all of them: whether they are whole, how old they are, and what of each can be used.</summary>
internal static class GeoIpInspector
{
    private const string City = "GeoIp:City";
    private const string Asn = "GeoIp:Asn";

    // MaxMind makes new ones twice a week; addresses move slowly.
    private static readonly TimeSpan Old = TimeSpan.FromDays(90);

    /// <summary>Looks.</summary>
    /// <param name="options">Which databases.</param>
    /// <param name="now">For how old they are.</param>
    public static IEnumerable<Inspected> Inspect(GeoIpOptions options, DateTimeOffset now)
    {
        var configured = new[] { (Key: City, Path: options.City), (Key: Asn, Path: options.Asn) }.Where(file => !string.IsNullOrEmpty(file.Path)).ToList();
        return configured.Count == 0
            ? [Inspected.Ok("geoip", "no database is configured: places are those that Atlas gives")]
            : configured.Select(file => Inspect(file.Key, file.Path!, now));
    }

    private static Inspected Inspect(string key, string path, DateTimeOffset now)
    {
        try
        {
            using var database = MaxMindDatabase.Open(path);
            var contents = MaxMindStructure.Verify(File.ReadAllBytes(path), path);
            return Judge(key, database, contents, now);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Inspected.Failed("geoip", $"{key}: {problem.Message}", "fetch it again, or take the setting out");
        }
    }

    private static Inspected Judge(string key, MaxMindDatabase database, MaxMindContents contents, DateTimeOffset now)
    {
        var info = database.Info;
        var built = info.BuiltAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"built {at:yyyy-MM-dd} ({Math.Max(0, (now - at).TotalDays):N0} days old)")
            : "its build date is not known";
        var words = string.Create(CultureInfo.InvariantCulture, $"{key}: {info.Name}: {info.Type}, {contents.Records:N0} records, {built}");
        if (!contents.IsOfUse)
        {
            return Inspected.Failed(
                "geoip",
                $"{words}: nothing of it can be used: no record has a country, a place or an AS number{(contents.Fields.Count > 0 ? $"; what they have is {string.Join(", ", contents.Fields)}" : "")}",
                "take a City, Country or ASN database of MaxMind, DB-IP, IPinfo or ip-location-db (docs/geography.md), or take the setting out");
        }

        words += $"; {Usable(contents)}{Example(database)}";
        return key == City && contents.Countries + contents.Places == 0
            ? Inspected.Warning("geoip", words, $"probes are not placed by it: it is for {Asn}, and {City} wants a City or Country database")
            : key == Asn && contents.AsNumbers == 0
            ? Inspected.Warning("geoip", words, $"networks are not told by it: it is for {City}, and {Asn} wants an ASN database")
            : now - info.BuiltAt > Old
            ? Inspected.Warning("geoip", words, "a newer one knows better who has which address; rename it over this file")
            : Inspected.Ok("geoip", words);
    }

    /// <summary>Which parts of it can be used, and of how many records.</summary>
    private static string Usable(MaxMindContents contents)
    {
        var parts = new[]
        {
            ("country", contents.Countries), ("place", contents.Places), ("accuracy radius", contents.Radii), ("AS number", contents.AsNumbers), ("AS name", contents.AsNames),
        };
        var there = parts.Where(part => part.Item2 > 0).Select(part => $"{part.Item1} in {Percent(part.Item2, contents.Records)}");
        var missing = parts.Where(part => part.Item2 == 0).Select(part => part.Item1).ToList();
        return $"{string.Join(", ", there)}{(missing.Count > 0 ? $"; no {string.Join(", no ", missing)}" : "")}";
    }

    private static string Percent(int count, int all)
    {
        var percent = 100.0 * count / all;

        // Neither all nor none unless it is so.
        return count == all ? "100 %" : string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(percent, 0.1, 99.9):0.#} %");
    }

    private static string Example(MaxMindDatabase database) =>
        database.Example is { } address && database.Describe(address) is { } details && details.ToString() is { Length: > 0 } text
            ? $"; e.g. {details.Network ?? address.ToString()} is {text}"
            : "";
}
