using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tests.Servers;

/// <summary>A real Alertmanager of its own, on loopback, that tells a webhook of what it gets, at once.</summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("alertmanager-").FullName;
    private readonly HttpClient http = new() { Timeout = Patience };
    private Process? process;

    private AlertmanagerServer(int port) => Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));

    public Uri Url { get; }

    /// <summary>Starts one, or skips the test where there is no such program.</summary>
    /// <param name="webhook">Whom it tells.</param>
    /// <param name="groupBy">By which labels it groups.</param>
    public static async Task<AlertmanagerServer> StartAsync(Uri webhook, params string[] groupBy)
    {
        var program = ServerProgram.Require("prometheus-alertmanager", "/usr/bin", "/usr/local/bin");
        var port = ServerProgram.FreePort();
        var server = new AlertmanagerServer(port);
        await File.WriteAllTextAsync(
            Path.Combine(server.folder, "am.yml"),
            $"""
            route:
              receiver: test
              group_by: [{string.Join(", ", groupBy)}]
              group_wait: 200ms
              group_interval: 500ms
              repeat_interval: 1h
            receivers:
              - name: test
                webhook_configs:
                  - url: "{webhook}"
                    send_resolved: true
            """);
        server.process = Process.Start(new ProcessStartInfo(
            program,
            [
                $"--config.file={server.folder}/am.yml", $"--storage.path={server.folder}/data",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--cluster.listen-address=", "--log.level=error",
            ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        server.process.BeginErrorReadLine();
        server.process.BeginOutputReadLine();
        var began = Stopwatch.StartNew();
        while (!await server.IsReadyAsync())
        {
            Xunit.Assert.False(server.process.HasExited || began.Elapsed > Patience, "Alertmanager did not start");
            await Task.Delay(50);
        }

        return server;
    }

    /// <summary>The alerts that it holds to be so.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync()
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(new Uri(Url, "api/v2/alerts?active=true")));
        return [.. json.RootElement.EnumerateArray().Select(alert => alert.Clone())];
    }

    /// <summary>Its groups: what they agree in, and how many alerts each holds.</summary>
    public async Task<IReadOnlyList<(string Labels, int Alerts)>> GroupsAsync()
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(new Uri(Url, "api/v2/alerts/groups")));
        return [.. json.RootElement.EnumerateArray().Select(group => (group.GetProperty("labels").GetRawText(), group.GetProperty("alerts").GetArrayLength())).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Url, "-/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
