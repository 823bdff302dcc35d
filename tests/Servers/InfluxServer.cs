using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Servers;

/// <summary>A real InfluxDB 1.x of its own, on loopback, with an empty folder. Started anew after a kill it keeps its port and its data.</summary>
internal sealed partial class InfluxServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string program;
    private readonly string folder;
    private readonly bool ownsFolder;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly HttpClient http = new() { Timeout = Patience };
    private Process? process;
    private int port;

    private InfluxServer(string program, string? folder, IReadOnlyDictionary<string, string> settings)
    {
        this.program = program;
        this.settings = settings;
        ownsFolder = folder is null;
        this.folder = folder ?? Directory.CreateTempSubdirectory("influxd-").FullName;
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));

    /// <summary>Starts one, or skips the test where there is no such program.</summary>
    /// <param name="folder">Where it keeps its data; null: a folder of its own.</param>
    /// <param name="settings">Its environment besides.</param>
    public static async Task<InfluxServer> StartAsync(string? folder = null, params (string Name, string Value)[] settings)
    {
        var server = new InfluxServer(
            ServerProgram.Require("influxd", "/usr/bin", "/usr/local/bin"), folder, settings.ToDictionary(one => one.Name, one => one.Value));
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(program, ["run", "-config", "/dev/null", "-pidfile", Path.Combine(folder, "pid")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["INFLUXDB_REPORTING_ENABLED"] = "false",
            ["INFLUXDB_BIND_ADDRESS"] = "127.0.0.1:0",
            ["INFLUXDB_META_DIR"] = Path.Combine(folder, "meta"),
            ["INFLUXDB_DATA_DIR"] = Path.Combine(folder, "data"),
            ["INFLUXDB_DATA_WAL_DIR"] = Path.Combine(folder, "wal"),
            ["INFLUXDB_DATA_INDEX_VERSION"] = "tsi1",
            ["INFLUXDB_DATA_QUERY_LOG_ENABLED"] = "false",
            ["INFLUXDB_MONITOR_STORE_ENABLED"] = "false",
            ["INFLUXDB_HTTP_BIND_ADDRESS"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            ["INFLUXDB_HTTP_LOG_ENABLED"] = "false",
        }.Concat(settings))
        {
            start.Environment[name] = value;
        }

        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && Listening().Match(text) is { Success: true } match)
            {
                listening.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }
        };
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("influxd ended before it listened"));
        Assert.True(process.Start());
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        port = await listening.Task.WaitAsync(Patience);
    }

    /// <summary>The rows of one statement, each with the tags it is grouped by; times in nanoseconds.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, JsonElement> Row)>> QueryAsync(
        string query, string database = "anycast", string? user = null)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["q"] = query, ["db"] = database, ["epoch"] = "ns" });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "query")) { Content = form };
        if (user is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(user)));
        }

        using var response = await http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.False(document.RootElement.TryGetProperty("error", out var refusal), $"{query}: {refusal}");
        var result = document.RootElement.GetProperty("results")[0];
        Assert.False(result.TryGetProperty("error", out var error), $"{query}: {error}");
        var rows = new List<(IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, JsonElement>)>();
        if (result.TryGetProperty("series", out var series))
        {
            foreach (var one in series.EnumerateArray())
            {
                var tags = one.TryGetProperty("tags", out var found) ? found.EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!) : [];
                var columns = one.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!).ToArray();
                rows.AddRange(one.GetProperty("values").EnumerateArray().Select(values =>
                    ((IReadOnlyDictionary<string, string>)tags, (IReadOnlyDictionary<string, JsonElement>)columns.Zip(values.EnumerateArray()).ToDictionary(cell => cell.First, cell => cell.Second.Clone()))));
            }
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
        http.Dispose();
        if (ownsFolder)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("Listening on HTTP.* addr=127\\.0\\.0\\.1:([0-9]+)")]
    private static partial Regex Listening();
}
