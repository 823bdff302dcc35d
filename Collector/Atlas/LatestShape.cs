using System.Text.Json;

namespace Collector.Atlas;

/// <summary>The answer of <c>/latest/</c>. The manual shows an object of arrays, keyed by probe; clients read a flat list; with
/// <c>format=txt</c> lines come. All of them become lines.</summary>
internal static class LatestShape
{
    public static void WriteLines(ReadOnlyMemory<byte> body, Stream lines)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            using var value = JsonDocument.ParseValue(ref reader);
            Write(value.RootElement, lines, depth: 0);
        }
    }

    private static void Write(JsonElement value, Stream lines, int depth)
    {
        // Object of arrays of results is the deepest; what lies deeper is part of something else.
        if (depth > 2)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
            {
                Write(element, lines, depth + 1);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && (value.TryGetProperty("msm_id", out _) || value.TryGetProperty("prb_id", out _)))
        {
            using (var json = new Utf8JsonWriter(lines, new JsonWriterOptions { SkipValidation = true }))
            {
                value.WriteTo(json);
            }

            lines.WriteByte((byte)'\n');
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                Write(property.Value, lines, depth + 1);
            }
        }
    }
}
