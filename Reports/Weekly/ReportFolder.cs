using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analyzer.Time;
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

    /// <summary>Writes a week's report, replacing an earlier one whole, and lists it.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="draw">Draws maps and charts into the folder that it is given, and returns the charts' SVG by their paths.</param>
    /// <returns>The path of its page.</returns>
    public async Task<string> WriteAsync(WeeklyReport report, Func<string, IReadOnlyDictionary<string, string>> draw)
    {
        // A reader of last week's page must never meet half a report: write beside it, then swap.
        var final = Path.Combine(Root, report.Week);
        var fresh = final + ".new";
        DeleteIfThere(fresh);
        Directory.CreateDirectory(Path.Combine(fresh, "maps"));
        var charts = draw(fresh);
        await File.WriteAllTextAsync(Path.Combine(fresh, "report.json"), JsonSerializer.Serialize(report, Json) + "\n");
        await File.WriteAllTextAsync(Path.Combine(fresh, "index.html"), await ReportRenderer.PageAsync(report, charts), Encoding.UTF8);
        DeleteIfThere(final);
        Directory.Move(fresh, final);
        await WriteIndexAsync();
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
        foreach (var file in Directory.EnumerateDirectories(Root).Select(folder => Path.Combine(folder, "report.json")).Where(File.Exists))
        {
            await using var stream = File.OpenRead(file);
            if (await JsonSerializer.DeserializeAsync<ReportSummary>(stream, Json) is { } week)
            {
                weeks.Add(week);
            }
        }

        weeks.Sort((left, right) => string.CompareOrdinal(right.Week, left.Week));
        var index = Path.Combine(Root, "index.html");
        await File.WriteAllTextAsync(index + ".new", await ReportRenderer.IndexAsync(weeks), Encoding.UTF8);
        File.Move(index + ".new", index, overwrite: true);
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
