using System.Collections;
using Collector.Configuration;

namespace App.Telemetry;

/// <summary>What the standard environment variables of OpenTelemetry ask for.</summary>
/// <param name="Traces">Whether traces go anywhere.</param>
/// <param name="Metrics">Whether metrics go anywhere.</param>
internal sealed record TelemetryTargets(bool Traces, bool Metrics)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Reads them. The exporter reads the same, and more: protocol, headers, time limits, intervals.</summary>
    /// <exception cref="ConfigurationException">An endpoint is no address; the exporter would silently take its default instead.</exception>
    public static TelemetryTargets Of(IDictionary environment)
    {
        if (Text("OTEL_SDK_DISABLED").Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return new(false, false);
        }

        var all = IsAddress(Endpoint);
        return new(Is("TRACES", all), Is("METRICS", all));

        bool Is(string signal, bool all) =>
            (IsAddress($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") || all) && !Text($"OTEL_{signal}_EXPORTER").Equals("none", StringComparison.OrdinalIgnoreCase);

        bool IsAddress(string name) => Text(name) switch
        {
            "" => false,
            var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => true,
            var text => throw new ConfigurationException($"{name} is {text}; allowed: an http or https address, such as http://127.0.0.1:4317"),
        };

        string Text(string name) => (environment[name] as string ?? "").Trim();
    }
}
