using System.Text.Json;
using Tests.Soak;
using Tests.Store;
using Xunit;

namespace Tests.Checks;

/// <summary>Runs the program on real results, as an operator would: <c>import</c>, then <c>findings</c>.</summary>
internal static class CorpusCommands
{
    /// <summary>Writes a file into a test's folder.</summary>
    /// <returns>Its path.</returns>
    public static string Write(TemporaryFolder folder, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    /// <summary>Runs one command to its end, which has to be a good one.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(TemporaryFolder folder, params string[] arguments)
    {
        string output;
        int exitCode;
        await using (var process = MeasurementProcess.Start(folder["errors.log"], new Dictionary<string, string>(), arguments))
        {
            output = await process.Output.ReadToEndAsync();
            exitCode = await process.EndAsync();
        }

        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)} ended with {exitCode}: {await File.ReadAllTextAsync(folder["errors.log"])}");
        return output;
    }

    /// <summary>Imports files and reads what the checks noticed in a week.</summary>
    public static async Task<List<JsonElement>> FindingsAsync(TemporaryFolder folder, string settings, string target, string week, string? probes, params string[] results)
    {
        var config = Write(folder, "settings.json", settings);
        await RunAsync(folder, ["import", .. results, "--target", target, "--config", config, "--data", folder["data"], .. probes is null ? [] : new[] { "--probes", Write(folder, "probes.ndjson", probes) }]);
        using var json = JsonDocument.Parse(await RunAsync(folder, "findings", "--week", week, "--config", config, "--data", folder["data"], "--format", "json"));
        return [.. json.RootElement.EnumerateArray().Select(finding => finding.Clone())];
    }
}
