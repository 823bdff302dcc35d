using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analyzer.Time;
using Collector.Archive;
using Reports.Errors;
using Reports.Findings;

namespace Reports.Weekly;

/// <summary>The folder <c>reports/</c>: one folder a week, and a page that lists them.</summary>
/// <param name="root">Its path.</param>
internal sealed class ReportFolder(string root)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new FindingJsonConverter() },
    };

    private const string Unfinished = ".new";
    private const string Replaced = ".old";

    /// <summary>Its path.</summary>
    public string Root { get; } = root;

    /// <summary>Whether the report of a week is there and was written when all results of it were.</summary>
    public bool IsComplete(IsoWeek week)
    {
        var file = Path.Combine(Root, week.ToString(), "report.json");
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<ReportSummary>(stream, Json) is { IsEarly: not true };
        }
        catch (Exception problem) when (problem is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>What the latest week's report says; null: there is none.</summary>
    public async Task<ReportSummary?> LatestAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(Root))
        {
            return null;
        }

        foreach (var week in Directory.EnumerateDirectories(Root).Select(Path.GetFileName).Where(name => IsoWeek.TryParse(name, out _)).OrderDescending(StringComparer.Ordinal))
        {
            try
            {
                await using var stream = File.OpenRead(Path.Combine(Root, week!, "report.json"));
                if (await JsonSerializer.DeserializeAsync<ReportSummary>(stream, Json, cancellation) is { } report)
                {
                    return report;
                }
            }
            catch (Exception problem) when (problem is JsonException or FileNotFoundException or DirectoryNotFoundException)
            {
                // Being replaced this moment, or none of ours: the one before will do.
            }
        }

        return null;
    }

    /// <summary>Writes a week's report, replacing an earlier one whole, and lists it. When that fails nothing half-written stays, and the
    /// earlier report does.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="draw">Draws maps and charts into the folder that it is given, and returns the charts' SVG by their paths.</param>
    /// <returns>The path of its page.</returns>
    /// <exception cref="IOException">It cannot be written: one line for the operator.</exception>
    public async Task<string> WriteAsync(WeeklyReport report, Func<string, IReadOnlyDictionary<string, string>> draw)
    {
        // A reader of last week's page must never meet half a report: write beside it, then swap.
        var final = Path.Combine(Root, report.Week);
        var fresh = final + Unfinished;
        try
        {
            PrivateFiles.CreateSharedFolder(Root);
            CleanUp(report.Week);
            Directory.CreateDirectory(Path.Combine(fresh, "maps"));
            var charts = draw(fresh);
            await File.WriteAllTextAsync(Path.Combine(fresh, "report.json"), JsonSerializer.Serialize(report, Json) + "\n");
            await File.WriteAllTextAsync(Path.Combine(fresh, "index.html"), await ReportRenderer.PageAsync(report, charts), Encoding.UTF8);
            PrivateFiles.Share(fresh);
            Swap(fresh, final);
            await WriteIndexAsync();
        }
        catch (Exception problem)
        {
            DeleteIfPossible(fresh);
            if (ErrorText.Cause(problem) is var cause and (IOException or UnauthorizedAccessException))
            {
                throw new IOException($"the report of {report.Week} could not be written to {Root}: {cause.Message}", problem);
            }

            throw;
        }

        return Path.Combine(final, "index.html");
    }

    /// <summary>Deletes the reports of weeks before one.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> PruneAsync(IsoWeek first)
    {
        if (!Directory.Exists(Root))
        {
            return 0;
        }

        var old = Directory.GetDirectories(Root).Where(folder => IsoWeek.TryParse(Path.GetFileName(folder), out var week) && week < first).ToList();
        old.ForEach(DeleteIfThere);
        if (old.Count > 0)
        {
            await WriteIndexAsync();
        }

        return old.Count;
    }

    private async Task WriteIndexAsync()
    {
        var weeks = new List<ReportSummary>();
        var folders = Directory.EnumerateDirectories(Root).Where(folder => IsoWeek.TryParse(Path.GetFileName(folder), out _));
        foreach (var file in folders.Select(folder => Path.Combine(folder, "report.json")).Where(File.Exists))
        {
            await using var stream = File.OpenRead(file);
            if (await JsonSerializer.DeserializeAsync<ReportSummary>(stream, Json) is { } week)
            {
                weeks.Add(week);
            }
        }

        weeks.Sort((left, right) => string.CompareOrdinal(right.Week, left.Week));
        var index = Path.Combine(Root, "index.html");
        try
        {
            await File.WriteAllTextAsync(index + Unfinished, await ReportRenderer.IndexAsync(weeks), Encoding.UTF8);
            PrivateFiles.Share(index + Unfinished);
            File.Move(index + Unfinished, index, overwrite: true);
        }
        catch
        {
            DeleteIfPossible(index + Unfinished);
            throw;
        }
    }

    /// <summary>Puts a folder in the place of another, which is there until the new one is.</summary>
    private static void Swap(string fresh, string final)
    {
        var replaced = final + Replaced;
        if (Directory.Exists(final))
        {
            Directory.Move(final, replaced);
        }

        try
        {
            Directory.Move(fresh, final);
        }
        catch when (Directory.Exists(replaced))
        {
            Directory.Move(replaced, final);
            throw;
        }

        DeleteIfThere(replaced);
    }

    /// <summary>Finishes what a process left that was killed in the middle: what it had not finished goes, what it was about to replace comes back.</summary>
    private void CleanUp(string ours)
    {
        foreach (var folder in Directory.GetDirectories(Root).Where(folder => WeekOf(folder, Unfinished) is { } week && (week == ours || IsAbandoned(folder))))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var folder in Directory.GetDirectories(Root))
        {
            if (WeekOf(folder, Replaced) is { } week && Path.Combine(Root, week) is var final)
            {
                if (Directory.Exists(final))
                {
                    Directory.Delete(folder, recursive: true);
                }
                else
                {
                    Directory.Move(folder, final);
                }
            }
        }
    }

    /// <summary>Another process may be writing another week's.</summary>
    private static bool IsAbandoned(string folder) => DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > TimeSpan.FromDays(1);

    private static string? WeekOf(string folder, string suffix) =>
        Path.GetFileName(folder) is var name && name.EndsWith(suffix, StringComparison.Ordinal) && IsoWeek.TryParse(name[..^suffix.Length], out _) ? name[..^suffix.Length] : null;

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>After a failure, which is the one to tell.</summary>
    private static void DeleteIfPossible(string path)
    {
        try
        {
            DeleteIfThere(path);
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The next report cleans up.
        }
    }
}
