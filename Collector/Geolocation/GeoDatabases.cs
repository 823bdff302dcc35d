using System.Net;
using Collector.Configuration;

namespace Collector.Geolocation;

/// <summary>The databases of the configuration as one.</summary>
public sealed class GeoDatabases : IGeoDatabase
{
    private readonly IGeoDatabase[] _databases;

    /// <summary>Puts databases together: what the first does not know is asked of the next.</summary>
    public GeoDatabases(params IGeoDatabase[] databases) => _databases = databases;

    /// <inheritdoc/>
    public IReadOnlyList<GeoDatabaseInfo> Sources => [.. _databases.SelectMany(database => database.Sources)];

    /// <summary>Opens what is configured; null when nothing is.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is no such database.</exception>
    public static IGeoDatabase? Open(GeoIpOptions options)
    {
        var databases = new List<IGeoDatabase>();
        try
        {
            foreach (var path in new[] { options.City, options.Asn })
            {
                if (!string.IsNullOrEmpty(path))
                {
                    databases.Add(MaxMindDatabase.Open(path));
                }
            }
        }
        catch
        {
            databases.ForEach(database => database.Dispose());
            throw;
        }

        return databases switch
        {
            [] => null,
            [var only] => only,
            _ => new GeoDatabases([.. databases]),
        };
    }

    /// <inheritdoc/>
    public GeoRecord? Find(IPAddress address)
    {
        GeoRecord? found = null;
        foreach (var database in _databases)
        {
            var next = database.Find(address);
            found = (found, next) switch
            {
                (null, _) => next,
                (_, null) => found,
                _ => found with
                {
                    Country = found.Country ?? next.Country,
                    RegisteredCountry = found.RegisteredCountry ?? next.RegisteredCountry,
                    City = found.City ?? next.City,

                    // A position and its radius belong together.
                    Position = found.Position ?? next.Position,
                    AccuracyRadiusKm = found.Position is null ? next.AccuracyRadiusKm : found.AccuracyRadiusKm,
                    Asn = found.Asn ?? next.Asn,
                    Organisation = found.Asn is null ? next.Organisation : found.Organisation,
                    IsAnycast = found.IsAnycast || next.IsAnycast,
                },
            };
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var database in _databases)
        {
            database.Dispose();
        }
    }
}
