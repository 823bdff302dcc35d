using System.Globalization;

namespace Collector.Archive;

/// <summary>Names of the archive's files, relative to the archive's folder, with slashes.</summary>
internal static class ArchivePath
{
    /// <summary>Where results that are no observations are kept.</summary>
    public const string Rejected = "rejected.ndjson.gz";

    /// <summary>Which target each measurement watches; later lines count.</summary>
    public const string Measurements = "measurements.ndjson.gz";

    /// <summary>What Atlas said of the probes, and when.</summary>
    public const string Probes = "probes.ndjson.gz";

    /// <summary>How the names of files of results end.</summary>
    public const string Suffix = ".ndjson.gz";

    private static readonly long FirstDay = DayNumber(DateOnly.MinValue);
    private static readonly long LastDay = DayNumber(DateOnly.MaxValue);

    /// <summary>The file of a measurement and day.</summary>
    /// <param name="measurement">Its id.</param>
    /// <param name="day">UTC days since 1970; days before year 1 and after year 9999 are taken as the nearest day that has a name.</param>
    public static string Of(long measurement, long day)
    {
        var date = DateOnly.FromDayNumber((int)(Math.Clamp(day, FirstDay, LastDay) - FirstDay));
        return string.Create(CultureInfo.InvariantCulture, $"{measurement}/{date:yyyy-MM-dd}{Suffix}");
    }

    /// <summary>The archive's files, by their paths in it, with their lengths; ascending.</summary>
    public static IEnumerable<(string Path, long Length)> Files(string archive)
    {
        var root = new DirectoryInfo(archive);
        return !root.Exists
            ? []
            : root.EnumerateFiles("*" + Suffix, SearchOption.AllDirectories)
                .Select(file => (Path.GetRelativePath(archive, file.FullName).Replace('\\', '/'), file.Length))
                .OrderBy(file => file.Item1, StringComparer.Ordinal);
    }

    private static long DayNumber(DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
}
