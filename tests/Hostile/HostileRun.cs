using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Tests.Atlas;
using Tests.Store;
using Tests.Web;
using Xunit;

namespace Tests.Hostile;

/// <summary>An installation to which strangers have talked for a day: over results, over what Atlas says of probes, over Atlas' refusals.</summary>
public sealed class HostileRun : IAsyncLifetime
{
    public const string Week = "2026-W46";

    private readonly TemporaryFolder folder = new();
    private LoopbackServer atlas = null!;
    private LoopbackServer influx = null!;
    private LoopbackServer receiver = null!;

    /// <summary>The results, as they were imported.</summary>
    internal IReadOnlyList<byte[]> Lines { get; } = [.. HostileResults.Lines()];

    /// <summary>What came to the time series database, request by request.</summary>
    internal ConcurrentQueue<byte[]> Written { get; } = new();

    /// <summary>What the routes of alerts sent, by path.</summary>
    internal ConcurrentQueue<(string Path, string Body)> Alerts { get; } = new();

    internal string this[string name] => folder[name];

    internal string Results => folder["results.ndjson"];

    internal string Probes => folder["probes.json"];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var requests = 0;
        atlas = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/probes/", StringComparison.Ordinal))
            {
                await context.Response.WriteAsync(HostileResults.Probes());
                return;
            }

            context.Response.StatusCode = 400;
            await context.Response.WriteAsync(HostileResults.Refusal(Payloads.All[Interlocked.Increment(ref requests) % Payloads.All.Count]));
        });
        influx = await LoopbackServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Written.Enqueue(body.ToArray());
            context.Response.StatusCode = 204;
        });
        receiver = await LoopbackServer.StartAsync(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            Alerts.Enqueue((context.Request.Path, await body.ReadToEndAsync()));
        });
        await File.WriteAllBytesAsync(Results, [.. Lines.SelectMany(line => line)]);
        await File.WriteAllTextAsync(Probes, HostileResults.Probes());
        await File.WriteAllTextAsync(folder[SettingsLoader.FileName], $$"""
            {
              "Targets": [{ "Name": "service", "IPv4": "192.0.2.53" }],
              "Pops": [
                { "Code": "APE", "City": "Apeldoorn", "Country": "NL", "Latitude": 52.2, "Longitude": 5.97, "Identities": ["^(?<server>.*)\\.ape$"] },
                { "Code": "JNB", "City": "Johannesburg", "Country": "ZA", "Latitude": -26.2, "Longitude": 28.05, "Identities": ["^(?<server>.*)\\.jnb$"] }
              ],
              "Annotations": [{ "At": "2026-11-09T15:00:00Z", "Pop": "JNB", "Text": "prepended" }],
              "Probes": { "Count": 10 },
              "Atlas": { "BaseUrl": "{{atlas.Api}}", "Key": "11111111-1111-1111-1111-111111111111" },
              "TimeSeries": { "Provider": "InfluxDb", "Url": "{{influx.Address}}", "Dialect": "V3" },
              "Alerts": {
                "GroupWait": "00:00:00",
                "Webhook": [{ "Name": "hook", "Url": "{{receiver.Address}}hook", "MinimumSeverity": "Info" }],
                "Slack": [{ "Name": "chat", "Url": "{{receiver.Address}}chat", "MinimumSeverity": "Info" }],
                "Alertmanager": [{ "Name": "manager", "Urls": ["{{receiver.Address}}"], "MinimumSeverity": "Info" }]
              },
              "Web": { "Listen": "http://127.0.0.1:0", "KeyHash": "{{WebHost.HashOf(WebHost.Key)}}" }
            }
            """);
        var imported = await RunAsync("import", Results, "--target", "service", "--probes", Probes);
        Assert.True(imported.ExitCode is 0 or 3, Encoding.UTF8.GetString(imported.Errors));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await atlas.DisposeAsync();
        await influx.DisposeAsync();
        await receiver.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">Its command line, without the configuration.</param>
    internal async Task<Outcome> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Start(Repository.Dotnet, [Program, .. arguments]))!;
        process.StandardInput.Close();
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token), process.StandardError.BaseStream.CopyToAsync(errors, patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return new Outcome(process.ExitCode, output.ToArray(), errors.ToArray());
    }

    /// <summary>Runs it on a terminal, where it shows colours and progress.</summary>
    internal async Task<byte[]> RunOnTerminalAsync(params string[] arguments)
    {
        var script = Servers.ServerProgram.Require("script", "/usr/bin");
        var command = string.Join(' ', new[] { Repository.Dotnet, Program }.Concat(arguments).Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        using var process = Process.Start(Start(script, ["-q", "-e", "-c", command, "/dev/null"]))!;
        using var shown = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(shown);
        await process.WaitForExitAsync();
        return shown.ToArray();
    }

    /// <summary>Starts the service; the program's own process.</summary>
    internal Process Serve() =>
        Process.Start(Start(Repository.Dotnet, [Program, "serve", "--out", folder["reports"], "--clock", string.Create(
            CultureInfo.InvariantCulture, $"2026-11-10T09:00:00Z@{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}*1")]))!;

    private static string Program => typeof(App.Cli.ExitCode).Assembly.Location;

    private ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder.Root };
        start.Environment["TERM"] = "xterm-256color";
        return start;
    }

    /// <summary>What a run left.</summary>
    internal sealed record Outcome(int ExitCode, byte[] Output, byte[] Errors);
}
