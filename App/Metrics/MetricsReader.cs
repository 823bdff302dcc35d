using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Collector.Telemetry;

namespace App.Metrics;

/// <summary>Listens to the meters and writes what they say in Prometheus' text format, version 0.0.4.</summary>
/// <remarks>Counters are added up from the start; what is observed is asked for at each reading. A missing value is a missing line.</remarks>
internal sealed class MetricsReader : IDisposable
{
    /// <summary>The format's content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, double>> values = new();
    private readonly Lock reading = new();

    /// <summary>Listens from now on.</summary>
    /// <param name="instruments">The service's own; another service in the same process has its own.</param>
    public MetricsReader(ServiceInstruments instruments)
    {
        listener.InstrumentPublished = (instrument, listener) =>
        {
            // Histograms are for OpenTelemetry: added up they would be no number that means anything.
            if ((instrument.Meter == MeasurementMeter.Meter || instrument.Meter == instruments.Meter) && instrument is not (Histogram<double> or Histogram<long>))
            {
                values[instrument] = new(StringComparer.Ordinal);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    /// <summary>The text.</summary>
    public string Read()
    {
        lock (reading)
        {
            foreach (var (_, lines) in values.Where(pair => pair.Key.IsObservable))
            {
                lines.Clear();
            }

            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (name, instrument, lines) in values.Select(pair => (PrometheusText.NameOf(pair.Key), pair.Key, pair.Value)).OrderBy(one => one.Item1, StringComparer.Ordinal))
            {
                if (lines.IsEmpty)
                {
                    continue;
                }

                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {PrometheusText.Help(instrument.Description ?? name)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(PrometheusText.IsCounter(instrument) ? "counter" : "gauge")}\n");
                foreach (var (labels, value) in lines.OrderBy(line => line.Key, StringComparer.Ordinal))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {PrometheusText.Number(value)}\n");
                }
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!values.TryGetValue(instrument, out var lines))
        {
            return;
        }

        var labels = PrometheusText.Labels(tags);
        if (instrument.IsObservable)
        {
            lines[labels] = value;
        }
        else
        {
            lines.AddOrUpdate(labels, static (_, added) => added, static (_, sum, added) => sum + added, value);
        }
    }
}
