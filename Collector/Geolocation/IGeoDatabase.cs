using System.Net;

namespace Collector.Geolocation;

/// <summary>Where addresses are, and whose they are.</summary>
/// <remarks>The seam in which another reader of such databases can be put.</remarks>
public interface IGeoDatabase : IDisposable
{
    /// <summary>The databases behind it.</summary>
    IReadOnlyList<GeoDatabaseInfo> Sources { get; }

    /// <summary>What is known about an address; null when nothing is. Safe from several threads.</summary>
    /// <exception cref="InvalidDataException">The database is damaged where this address is; one line says how.</exception>
    GeoRecord? Find(IPAddress address);
}

/// <summary>A database, for people.</summary>
/// <param name="Name">The file's path.</param>
/// <param name="Type">What it says it is: <c>GeoLite2-City</c>.</param>
/// <param name="BuiltAt">When it was made; null when it gives no sensible time.</param>
/// <param name="Languages">Languages of its names.</param>
public sealed record GeoDatabaseInfo(string Name, string Type, DateTimeOffset? BuiltAt, IReadOnlyList<string> Languages);
