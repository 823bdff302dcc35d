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
    private const long BetweenMs = 1000;

    private readonly GeoFile[] _files;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _looking = new();
    private long _lookedAtMs;
    private int _version;

    private GeoDatabases(IEnumerable<GeoFile> files, TimeProvider time, ILogger log)
    {
        (_files, _time, _log) = ([.. files], time, log);
        Look(first: true);
    }

    /// <summary>No database at all.</summary>
    public static GeoDatabases None { get; } = new([], TimeProvider.System, NullLogger.Instance);

    // Asked at every look-up: the system's fine clock would be a tenth of its cost.
    private long NowMs => _time == TimeProvider.System ? Environment.TickCount64 : (long)_time.GetElapsedTime(0).TotalMilliseconds;

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
    /// <param name="inMemory">Whether to read the files whole, for a service that must outlive whatever is done to them; otherwise they are
    /// mapped, which costs nothing at opening.</param>
    public static GeoDatabases Open(GeoIpOptions options, TimeProvider? time = null, ILogger? log = null, bool inMemory = false)
    {
        // What each is for decides who is asked first for what; both may know everything.
        GeoFile[] files = [new GeoFile("GeoIp:City", options.City, inMemory), new GeoFile("GeoIp:Asn", options.Asn, inMemory)];
        return new GeoDatabases(files.Where(file => file.Path.Length > 0), time ?? TimeProvider.System, log ?? NullLogger.Instance);
    }

    /// <inheritdoc/>
    public GeoRecord? Find(IPAddress address)
    {
        Refresh();
        GeoRecord? found = null;
        foreach (var file in _files)
        {
            if (Find(file, address) is { } next)
            {
                found = found is null ? next : Together(found, next);
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public IReadOnlyList<GeoDetails> Describe(IPAddress address)
    {
        Refresh();
        var found = new List<GeoDetails>(_files.Length);
        foreach (var file in _files)
        {
            try
            {
                if (file.Database?.Describe(address) is { } details)
                {
                    found.Add(details);
                }
            }
            catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // The short answer has told already, or the file is being replaced; this is an extra.
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

    private GeoRecord? Find(GeoFile file, IPAddress address)
    {
        for (var database = file.Database; database is not null; database = file.Database)
        {
            try
            {
                if (database.TryFind(address, out var record))
                {
                    return record;
                }

                // It was replaced this very moment; or all is over.
                ObjectDisposedException.ThrowIf(file.Database == database, this);
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

        return null;
    }

    private void Refresh()
    {
        if (_files.Length > 0 && NowMs - Volatile.Read(ref _lookedAtMs) >= BetweenMs && _looking.TryEnter())
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

        Volatile.Write(ref _lookedAtMs, NowMs);
    }
}
