using Analyzer.Findings;
using Collector.Archive;

namespace App.Series;

/// <summary>Up to where the points of one target and family were written.</summary>
public sealed class ServiceMarks
{
    /// <summary>The first hour that was not written yet, in hours since 1970; null: none was.</summary>
    public long? NextHour { get; set; }

    /// <summary>The last day on which late results of the days before were looked for, in days since 1970.</summary>
    public long LateDay { get; set; }

    /// <summary>What was written of the last days, by day since 1970.</summary>
    public SortedDictionary<long, WrittenDay> Days { get; } = [];
}

/// <summary>A finding that the database was told of.</summary>
/// <param name="Check">The check.</param>
/// <param name="Severity">How much it matters: <c>critical</c>.</param>
/// <param name="Target">The target; <see cref="Everything"/>: all of them.</param>
/// <param name="Family">4 or 6; 0: both.</param>
/// <param name="Subject">What it is about: <c>asn:64500</c>.</param>
public readonly record struct FindingMark(string Check, string Severity, string Target, int Family, string Subject)
{
    /// <summary>The target of what concerns all.</summary>
    public const string Everything = "all";

    /// <summary>The mark of a finding.</summary>
    public static FindingMark Of(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new FindingMark(
            finding.Check, Lower(finding.Severity), finding.Target ?? Everything, finding.Family ?? 0, $"{Lower(finding.Scope.Kind)}:{finding.Scope.Value}");
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>What was written to the time series database, kept in a file beside the store.</summary>
/// <remarks>Losing it costs little: the last three days are written again, over what is there.</remarks>
public sealed class WrittenMarks
{
    private const int Version = 2;

    private readonly string path;
    private readonly Dictionary<(string Target, int Family), ServiceMarks> services = [];

    private WrittenMarks(string path) => this.path = path;

    /// <summary>The findings that are not over, with what was said of them.</summary>
    public Dictionary<FindingMark, string> Findings { get; } = [];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <param name="problem">Why what it held is not used; null: it is used, or there was nothing.</param>
    public static WrittenMarks Open(string path, out string? problem)
    {
        problem = null;
        var marks = new WrittenMarks(path);
        if (!File.Exists(path))
        {
            return marks;
        }

        try
        {
            using var reader = new BinaryReader(File.OpenRead(path));
            marks.Read(reader);
        }
        catch (Exception trouble) when (trouble is IOException or InvalidDataException or ArgumentException or FormatException or UnauthorizedAccessException)
        {
            problem = $"{path} cannot be read: {trouble.Message}";
            marks.services.Clear();
            marks.Findings.Clear();
        }

        return marks;
    }

    /// <summary>The marks of a target and family.</summary>
    public ServiceMarks Of(string target, int family)
    {
        if (!services.TryGetValue((target, family), out var marks))
        {
            services[(target, family)] = marks = new ServiceMarks();
        }

        return marks;
    }

    /// <summary>Writes the file anew; afterwards it is there for good.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is unharmed.</exception>
    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var part = path + ".part";
        using (var writer = new BinaryWriter(File.Create(part)))
        {
            Write(writer);
        }

        DurableFile.Replace(path, part);
    }

    private void Read(BinaryReader reader)
    {
        var version = reader.ReadInt32();
        if (version != Version)
        {
            throw new InvalidDataException($"it has version {version}, this program knows {Version}");
        }

        for (var findings = reader.ReadInt32(); findings > 0; findings--)
        {
            var finding = new FindingMark(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadInt32(), reader.ReadString());
            Findings[finding] = reader.ReadString();
        }

        for (var service = reader.ReadInt32(); service > 0; service--)
        {
            var marks = Of(reader.ReadString(), reader.ReadInt32());
            marks.NextHour = reader.ReadInt64() is var hour and >= 0 ? hour : null;
            marks.LateDay = reader.ReadInt64();
            for (var days = reader.ReadInt32(); days > 0; days--)
            {
                var keys = marks.Days[reader.ReadInt64()] = new WrittenDay();
                for (var countries = reader.ReadInt32(); countries > 0; countries--)
                {
                    keys.Countries.Add((reader.ReadString(), reader.ReadString()));
                }

                for (var asns = reader.ReadInt32(); asns > 0; asns--)
                {
                    keys.Asns.Add((reader.ReadString(), reader.ReadString()));
                }

                for (var leaders = reader.ReadInt32(); leaders > 0; leaders--)
                {
                    keys.Leaders.Set(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadInt64());
                }

                for (var flips = reader.ReadInt32(); flips > 0; flips--)
                {
                    keys.Flips.Add((reader.ReadString(), reader.ReadString()));
                }

                var points = new List<ulong>();
                for (var count = reader.ReadInt32(); count > 0; count--)
                {
                    points.Add(reader.ReadUInt64());
                }

                keys.Add(points);
            }
        }
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(Version);
        writer.Write(Findings.Count);
        foreach (var (finding, text) in Findings)
        {
            writer.Write(finding.Check);
            writer.Write(finding.Severity);
            writer.Write(finding.Target);
            writer.Write(finding.Family);
            writer.Write(finding.Subject);
            writer.Write(text);
        }

        writer.Write(services.Count);
        foreach (var ((target, family), marks) in services)
        {
            writer.Write(target);
            writer.Write(family);
            writer.Write(marks.NextHour ?? -1);
            writer.Write(marks.LateDay);
            writer.Write(marks.Days.Count);
            foreach (var (day, keys) in marks.Days)
            {
                writer.Write(day);
                writer.Write(keys.Countries.Count);
                foreach (var (pop, country) in keys.Countries)
                {
                    writer.Write(pop);
                    writer.Write(country);
                }

                writer.Write(keys.Asns.Count);
                foreach (var (pop, asn) in keys.Asns)
                {
                    writer.Write(pop);
                    writer.Write(asn);
                }

                writer.Write(keys.Leaders.Held.Count);
                foreach (var ((scope, value), (pop, since)) in keys.Leaders.Held)
                {
                    writer.Write(scope);
                    writer.Write(value);
                    writer.Write(pop);
                    writer.Write(since);
                }

                writer.Write(keys.Flips.Count);
                foreach (var (from, to) in keys.Flips)
                {
                    writer.Write(from);
                    writer.Write(to);
                }

                writer.Write(keys.Points.Count);
                foreach (var point in keys.Points)
                {
                    writer.Write(point);
                }
            }
        }
    }
}
