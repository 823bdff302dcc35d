using System.Net;

namespace Collector.Geolocation;

/// <summary>Where addresses are, and whose they are.</summary>
/// <remarks>The seam in which another reader of such databases can be put. Safe from several threads.</remarks>
public interface IGeoDatabase : IDisposable
{
    /// <summary>The databases behind it that are in use now; empty when there is none.</summary>
    IReadOnlyList<GeoDatabaseInfo> Sources { get; }

    /// <summary>Another number whenever answers may have changed, because a newer file was put in place: for whoever keeps answers. Cheap to
    /// ask, often.</summary>
    int Version { get; }

    /// <summary>What is known about an address; null when nothing is.</summary>
    /// <remarks>Damage in a file throws nothing: what the other file knows comes back, with <see cref="GeoRecord.Problem"/> set.</remarks>
    GeoRecord? Find(IPAddress address);

    /// <summary>More about an address, for a person to read, one entry a database that can tell. Slow: for one address, not for many.</summary>
    IReadOnlyList<GeoDetails> Describe(IPAddress address) => [];
}

/// <summary>A database, for people.</summary>
/// <param name="Name">The file's path.</param>
/// <param name="Type">What it says it is: <c>GeoLite2-City</c>.</param>
/// <param name="BuiltAt">When it was made; null when it gives no sensible time.</param>
/// <param name="Languages">Languages of its names.</param>
public sealed record GeoDatabaseInfo(string Name, string Type, DateTimeOffset? BuiltAt, IReadOnlyList<string> Languages);
