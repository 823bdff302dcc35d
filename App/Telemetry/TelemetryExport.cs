using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace App.Telemetry;

/// <summary>Sends traces and metrics over OTLP for as long as the service runs. Where nobody wants them, nothing is measured either.</summary>
internal sealed class TelemetryExport(TelemetryTargets targets) : IHostedService, IDisposable
{
    private const string Ours = "Measurement";
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private TracerProvider? traces;
    private MeterProvider? metrics;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The environment has the last word: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
        var resource = ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddService("measurement", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3))
            .AddEnvironmentVariableDetector();
        traces = targets.Traces
            ? Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(Ours + ".*", "System.Net.Http", "Microsoft.AspNetCore")
                .AddOtlpExporter()
                .Build()
            : null;
        metrics = targets.Metrics
            ? Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(Ours, "System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting")
                .AddOtlpExporter()
                .Build()
            : null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => traces?.Shutdown((int)LastWords.TotalMilliseconds), CancellationToken.None),
        Task.Run(() => metrics?.Shutdown((int)LastWords.TotalMilliseconds), CancellationToken.None));

    /// <inheritdoc/>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }
}
