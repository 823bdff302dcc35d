using System.Buffers;
using System.Text.Json;
using Collector.Archive;
using Collector.Probes;
using Collector.Results;

namespace Collector.Store;

/// <summary>What the store knows that no result tells, as lines of JSON in the archive: which target a measurement watches, what Atlas
/// said of the probes. With them the archive alone is enough to make the store anew.</summary>
internal static class StoreRecords
{
    /// <summary>One line for the measurement.</summary>
    public static byte[] Line(StoredMeasurement measurement, bool derived) => Line(json =>
    {
        json.WriteNumber("id", measurement.Id);
        json.WriteString("target", measurement.Target);
        json.WriteNumber("kind", (int)measurement.Kind);
        json.WriteNumber("family", measurement.Family);
        json.WriteString("query", measurement.Query);
        if (measurement.IntervalSeconds is { } interval)
        {
            json.WriteNumber("intervalSeconds", interval);
        }

        if (measurement.Start is { } start)
        {
            json.WriteNumber("start", start.ToUnixTimeSeconds());
        }

        if (measurement.Stop is { } stop)
        {
            json.WriteNumber("stop", stop.ToUnixTimeSeconds());
        }

        json.WriteBoolean("followed", measurement.IsFollowed);
        json.WriteBoolean("derived", derived);
    });

    /// <summary>One line for what a snapshot says of a probe.</summary>
    public static byte[] Line(long at, Probe probe) => Line(json =>
    {
        json.WriteNumber("at", at);
        json.WritePropertyName("probe");
        ProbeWriter.Write(json, probe);
    });

    /// <summary>Puts a line of <see cref="ArchivePath.Measurements"/> into the store.</summary>
    /// <param name="line">The line.</param>
    /// <param name="store">Where it is put.</param>
    /// <param name="known">The measurements of which the store knows better.</param>
    public static void ReadMeasurement(ReadOnlyMemory<byte> line, StoreTransaction store, IReadOnlySet<long> known)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        if (known.Contains(json.GetProperty("id").GetInt64()))
        {
            return;
        }

        store.SaveMeasurement(
            new StoredMeasurement(
                json.GetProperty("id").GetInt64(),
                json.GetProperty("target").GetString()!,
                (MeasurementKind)json.GetProperty("kind").GetByte(),
                json.GetProperty("family").GetInt32(),
                json.GetProperty("query").GetString(),
                json.TryGetProperty("intervalSeconds", out var interval) ? interval.GetInt32() : null)
            {
                Start = Instant(json, "start"),
                Stop = Instant(json, "stop"),
                IsFollowed = json.GetProperty("followed").GetBoolean(),
            },
            json.GetProperty("derived").GetBoolean());
    }

    /// <summary>Puts a line of <see cref="ArchivePath.Probes"/> into the store.</summary>
    public static void ReadProbe(ReadOnlyMemory<byte> line, StoreTransaction store)
    {
        using var document = JsonDocument.Parse(line);
        if (ProbeParser.TryParse(document.RootElement.GetProperty("probe"), out var probe) is null && probe is not null)
        {
            store.SaveProbes(document.RootElement.GetProperty("at").GetInt64(), [probe]);
        }
    }

    private static DateTimeOffset? Instant(JsonElement json, string name) =>
        json.TryGetProperty(name, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds.GetInt64()) : null;

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return [.. bytes.WrittenSpan, (byte)'\n'];
    }
}
