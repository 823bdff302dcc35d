using System.Net;
using Collector.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Geolocation;

/// <summary>The databases of the configuration as one, read anew when a newer file is put in their place.</summary>
/// <remarks>
/// A file that is missing or broken stops nothing: it is told in one warning, the last good one stays in use, and the next change of the
/// file is tried again. Files are looked at once a second at most, by whoever asks then; the others go on with what is loaded.
/// </remarks>
public sealed partial class GeoDatabases : IGeoDatabase
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly GeoFile[] _files;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _looking = new();
    private long _lookedAt;
    private int _version;

    private GeoDatabases(IEnumerable<GeoFile> files, TimeProvider time, ILogger log)
    {
        (_files, _time, _log) = ([.. files], time, log);
        Look(first: true);
    }

    /// <summary>No database at all.</summary>
    public static GeoDatabases None { get; } = new([], TimeProvider.System, NullLogger.Instance);

    /// <inheritdoc/>
    public IReadOnlyList<GeoDatabaseInfo> Sources
    {
        get
        {
            Refresh();
            return [.. _files.Select(file => file.Database?.Info).OfType<GeoDatabaseInfo>()];
        }
    }

    /// <inheritdoc/>
    public int Version
    {
        get
        {
            Refresh();
            return Volatile.Read(ref _version);
        }
    }

    /// <summary>Opens what is configured. Never throws for what a file is like: see the remarks.</summary>
    /// <param name="options">Which files.</param>
    /// <param name="time">Tells when to look at the files again; null: the system's.</param>
    /// <param name="log">Where problems are told; null: nowhere.</param>
    public static GeoDatabases Open(GeoIpOptions options, TimeProvider? time = null, ILogger? log = null)
    {
        // What each is for decides who is asked first for what; both may know everything.
        GeoFile[] files = [new GeoFile("GeoIp:City", options.City), new GeoFile("GeoIp:Asn", options.Asn)];
        return new GeoDatabases(files.Where(file => file.Path.Length > 0), time ?? TimeProvider.System, log ?? NullLogger.Instance);
    }

    /// <inheritdoc/>
    public GeoRecord? Find(IPAddress address)
    {
        Refresh();
        GeoRecord? found = null;
        foreach (var file in _files)
        {
            if (file.Database is { } database && Find(file, database, address) is { } next)
            {
                found = found is null ? next : Together(found, next);
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    /// <summary>The two files' answers as one: the place of the first, the network of the second.</summary>
    private static GeoRecord Together(GeoRecord city, GeoRecord asn) =>
        asn.Asn is null ? city.With(asn) : (city with { Asn = null, AsName = null }).With(asn);

    private GeoRecord? Find(GeoFile file, MaxMindDatabase database, IPAddress address)
    {
        try
        {
            return database.Find(address);
        }
        catch (InvalidDataException problem)
        {
            if (file.TellDamage(database))
            {
                Damaged(file.Key, problem.Message);
            }

            return new GeoRecord { Problem = problem.Message };
        }
    }

    private void Refresh()
    {
        if (_files.Length > 0 && _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= Between && _looking.TryEnter())
        {
            try
            {
                Look(first: false);
            }
            finally
            {
                _looking.Exit();
            }
        }
    }

    private void Look(bool first)
    {
        foreach (var file in _files)
        {
            switch (file.Look())
            {
                case GeoFileChange.Taken when !first:
                    Interlocked.Increment(ref _version);
                    Taken(file.Key, file.Database!.Info.Name, file.Database.Info.Type, file.Database.Info.BuiltAt);
                    break;
                case GeoFileChange.Refused when file.Database is null:
                    Refused(file.Key, file.Problem!);
                    break;
                case GeoFileChange.Refused:
                    Kept(file.Key, file.Problem!);
                    break;
                default:
                    break;
            }
        }

        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
    }
}
