using System.Data.Common;
using System.Globalization;
using Collector.Configuration;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Reports.Places;

namespace App.Inspection;

/// <summary>Counts by whose word the probes of the store are where they are, and how many places are in doubt.</summary>
internal sealed class PlaceInspector(Settings settings, string folder)
{
    private const int MostNamed = 5;

    /// <summary>Looks.</summary>
    /// <param name="now">The present.</param>
    public IEnumerable<Inspected> Inspect(DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(settings.GeoIp.City) && string.IsNullOrEmpty(settings.GeoIp.Asn))
        {
            return [];
        }

        try
        {
            // Of a database that cannot be used another line speaks.
            using var store = StoreFactory.Open(settings, folder, NullLogger.Instance, readOnly: true);
            return [Of(PlacesView.Of(store.Probes(now).Values, now))];
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or ConfigurationException or DbException)
        {
            // Of the store too.
            return [];
        }
    }

    private static Inspected Of(PlacesView view)
    {
        var places = view.Places;
        var words = Invariant($"{places.Atlas + places.GeoIp + places.Unplaced:N0} probes: {places.Atlas:N0} where Atlas says, {places.GeoIp:N0} where the GeoIP database says, {places.Unplaced:N0} without a place");
        if (!places.IsAsked)
        {
            return Inspected.Ok("places", words);
        }

        words += Invariant($"; {places.Disagree:N0} in doubt");
        if (view.Problem is { } problem)
        {
            return Inspected.Warning("places", Invariant($"{words}; the database is damaged at the addresses of {view.Damaged:N0}: {problem}"), "fetch the database again");
        }

        if (places.Disagree > 0)
        {
            var farthest = string.Join(", ", view.Disagreements.Take(MostNamed).Select(probe => probe.Id.ToString(CultureInfo.InvariantCulture)));
            words += $" (farthest apart: {farthest}{(places.Disagree > MostNamed ? ", …" : "")}; `lookup probe:N` has both places)";
        }

        return Inspected.Ok("places", words);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
