using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Tests.Servers;

/// <summary>A real Prometheus of its own, on loopback, that scrapes one address every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
    private readonly HttpClient http = new() { Timeout = Patience };
    private Process? process;

    private PrometheusServer()
    {
    }

    /// <summary>Starts one, or skips the test where there is no such program; it is ready when it has scraped twice.</summary>
    /// <param name="target">What it scrapes, as the job <c>measurement</c>.</param>
    public static async Task<PrometheusServer> StartAsync(Uri target)
    {
        var program = ServerProgram.Require("prometheus", "/usr/bin", "/usr/local/bin");
        var server = new PrometheusServer();
        try
        {
            await server.RunAsync(program, target);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>The labels of each series that an expression has now.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> QueryAsync(string expression)
    {
        using var form = new FormUrlEncodedContent([new("query", expression)]);
        using var response = await http.PostAsync(new Uri(http.BaseAddress!, "api/v1/query"), form);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(answer.RootElement.GetProperty("status").GetString() == "success", $"{expression}: {answer.RootElement}");
        return
        [
            .. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(one => one.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!)),
        ];
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

    private async Task RunAsync(string program, Uri target)
    {
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: measurement
                static_configs: [{ targets: ["{{target.Authority}}"] }]
            """);
        var port = ServerProgram.FreePort();
        http.BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        process = Process.Start(new ProcessStartInfo(program,
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var patience = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            Assert.False(process.HasExited, "Prometheus ended before it was ready");
            Assert.True(patience.Elapsed < Patience, "Prometheus did not scrape in time");
            await Task.Delay(200);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await QueryAsync("count_over_time(up{job=\"measurement\"}[1h]) >= 3 and up == 1")).Count > 0;
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException)
        {
            // It does not listen yet, or says in words that it is not ready.
            return false;
        }
    }
}
