using System.Globalization;
using Collector.Configuration;
using Collector.Geolocation;

namespace Reports.Inspection;

/// <summary>Looks through the MaxMind databases, all of them.</summary>
internal static class GeoIpInspector
{
    // MaxMind makes new ones twice a week; addresses move slowly.
    private static readonly TimeSpan Old = TimeSpan.FromDays(90);

    /// <summary>Looks.</summary>
    /// <param name="options">Which databases.</param>
    /// <param name="now">For how old they are.</param>
    public static IEnumerable<Inspected> Inspect(GeoIpOptions options, DateTimeOffset now)
    {
        var configured = new[] { (Key: "GeoIp:City", Path: options.City), (Key: "GeoIp:Asn", Path: options.Asn) }.Where(file => !string.IsNullOrEmpty(file.Path)).ToList();
        return configured.Count == 0
            ? [Inspected.Ok("geoip", "no database is configured: places are those that Atlas gives")]
            : configured.Select(file => Inspect(file.Key, file.Path!, now));
    }

    private static Inspected Inspect(string key, string path, DateTimeOffset now)
    {
        try
        {
            using var database = MaxMindDatabase.Open(path);
            var records = database.Verify();
            var info = database.Info;
            var words = string.Create(
                CultureInfo.InvariantCulture, $"{path}: {info.Type}, {records:N0} records{(info.BuiltAt is { } built ? $", of {built:yyyy-MM-dd}" : "")}");
            return now - info.BuiltAt > Old
                ? Inspected.Warning("geoip", words, "a newer one knows better who has which address; rename it over this file")
                : Inspected.Ok("geoip", words);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Inspected.Failed("geoip", $"{key}: {problem.Message}", "fetch it again, or take the setting out");
        }
    }
}
