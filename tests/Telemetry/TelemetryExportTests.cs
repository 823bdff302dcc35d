using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Atlas;
using Collector.Results;
using Collector.Store;
using Collector.Time;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Tests.Soak;
using Tests.Store;
using Tests.Streaming;
using Xunit;
using AtlasProbeSet = Collector.Atlas.ProbeSet;

namespace Tests.Telemetry;

/// <summary>The program as operators run it, with the stream, and a collector of OpenTelemetry data beside it.</summary>
public sealed class TelemetryExportTests
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));

    [Fact]
    public async Task What_the_service_does_arrives_over_OTLP_while_it_streams_and_collects()
    {
        using var folder = new TemporaryFolder();
        Uri web;
        var received = new ConcurrentDictionary<string, string>();
        await using var receiver = await LoopbackServer.StartAsync(async context =>
        {
            // Names are plain text in protobuf, which is enough to tell what came.
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path.Value!, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
        });

        // An hour passes in six seconds.
        var clock = $"{DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start).AddDays(1):yyyy-MM-ddTHH:mm:ssZ}@{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}*600";
        await using var server = await SimulatorServer.StartAsync(Small.Value, new SimulatorOptions { Time = ScaledClock.Parse(clock, "clock") });
        await PrepareAsync(server, folder.Root);

        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            web = new Uri($"http://{free.LocalEndpoint}");
        }

        await using (var service = MeasurementProcess.Start(
            folder["serve.log"],
            new Dictionary<string, string>
            {
                ["Atlas__BaseUrl"] = server.BaseUrl.ToString(),
                ["Atlas__Key"] = SimulatedNetwork.Key,
                ["Atlas__Stream"] = "true",
                ["Atlas__StreamUrl"] = server.StreamUrl.ToString(),
                ["Atlas__RequestTimeout"] = "00:10:00",
                ["Web__Listen"] = web.ToString(),
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address.ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=tests",
            },
            "serve", "--config", Repository.File("appsettings.json"), "--data", folder["data"], "--out", folder["reports"], "--clock", clock))
        {
            foreach (var name in new[] { "Measurement.Jobs", "collect", "Measurement.Import", "ns-a", "System.Net.Http", "service.name", "measurement", "deployment.environment.name" })
            {
                await Waiting.Until(() => received.GetValueOrDefault("/v1/traces")?.Contains(name, StringComparison.Ordinal) == true || service.HasExited, $"traces tell of {name}");
            }

            foreach (var name in new[] { "measurement.job.duration", "measurement.stream.results", "measurement.results.imported", "dotnet.gc.collections", "http.client.request.duration", "service.name" })
            {
                await Waiting.Until(() => received.GetValueOrDefault("/v1/metrics")?.Contains(name, StringComparison.Ordinal) == true || service.HasExited, $"metrics tell of {name}");
            }

            Assert.False(service.HasExited, await File.ReadAllTextAsync(folder["serve.log"]));
            Assert.DoesNotContain("Key " + SimulatedNetwork.Key, received["/v1/traces"], StringComparison.Ordinal);

            // The same over HTTP: the row among the jobs, and the metrics.
            using var http = new HttpClient();
            var jobs = await http.GetStringAsync(new Uri(web, "/api/v1/jobs"));
            Assert.Matches("\"stream\"[^}]*\"running\"", jobs);
            Assert.Matches("(?m)^measurement_stream_connected(_connections)? 1$", await http.GetStringAsync(new Uri(web, "/metrics")));
            Assert.Equal(0, await service.TerminateAsync());
        }

        Assert.Contains("The stream is connected", await File.ReadAllTextAsync(folder["serve.log"]), StringComparison.Ordinal);
    }

    private static async Task PrepareAsync(SimulatorServer server, string folder)
    {
        var client = new AtlasFixture(new Collector.Configuration.AtlasOptions { BaseUrl = server.BaseUrl, Key = SimulatedNetwork.Key }, realNetwork: true);
        var ids = await client.Atlas.CreateAsync(new CreationRequest(
            [new ChaosDefinition(IPAddress.Parse("192.0.2.53"), "anycast-measurement ns-a dns4 id.server", TimeSpan.FromMinutes(10)) { Tags = ["anycast-measurement"] }],
            [AtlasProbeSet.Of([.. Small.Value.Probes.Select(probe => probe.Id)])]));
        using var store = SqliteStore.Open(Path.Combine(folder, "data"));
        store.SaveMeasurement(new StoredMeasurement(ids[0], "ns-a", MeasurementKind.Dns, 4, "id.server", 600) { Start = DateTimeOffset.FromUnixTimeSeconds(Small.Value.Start) });
    }
}
