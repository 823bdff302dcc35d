using System.Collections;
using App.Telemetry;
using Collector.Configuration;
using Xunit;

namespace Tests.Telemetry;

public sealed class TelemetryTargetsTests
{
    [Theory]
    [InlineData("", false, false)]
    [InlineData("OTEL_SERVICE_NAME=x", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4317", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://collector.example/v1/metrics", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 OTEL_TRACES_EXPORTER=none", false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 OTEL_SDK_DISABLED=true", false, false)]
    public void Only_what_the_environment_asks_for_is_sent(string variables, bool traces, bool metrics) =>
        Assert.Equal(new TelemetryTargets(traces, metrics), TelemetryTargets.Of(Environment(variables)));

    [Fact]
    public void An_endpoint_that_is_no_address_is_refused_instead_of_replaced()
    {
        var problem = Assert.Throws<ConfigurationException>(() => TelemetryTargets.Of(Environment("OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4317")));
        Assert.StartsWith("OTEL_EXPORTER_OTLP_ENDPOINT is localhost:4317; allowed: an http or https address", problem.Message, StringComparison.Ordinal);
    }

    private static Hashtable Environment(string variables)
    {
        var environment = new Hashtable();
        foreach (var variable in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            environment.Add(variable[..variable.IndexOf('=', StringComparison.Ordinal)], variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        return environment;
    }
}
