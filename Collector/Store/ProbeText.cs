using System.Buffers;
using System.Text;
using System.Text.Json;
using Collector.Probes;

namespace Collector.Store;

/// <summary>A probe as one line of JSON in Atlas' shape: equal probes are equal text.</summary>
/// <remarks>When it last connected is kept apart: it changes every few minutes, and a new version of 13,000 probes a day for that
/// alone would outgrow the results.</remarks>
internal static class ProbeText
{
    public static string Write(Probe probe)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            ProbeWriter.Write(json, probe with { LastConnected = null });
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    public static Probe Read(int id, string text, long? lastConnected)
    {
        if (ProbeParser.TryParse(Encoding.UTF8.GetBytes(text), out var probe) is not null || probe is null)
        {
            throw new InvalidDataException($"the store's description of probe {id} is damaged");
        }

        return probe with { LastConnected = lastConnected is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null };
    }
}
