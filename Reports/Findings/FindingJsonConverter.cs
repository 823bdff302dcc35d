using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analyzer.Findings;

namespace Reports.Findings;

/// <summary>Writes findings in larger documents in the same shape as by themselves; each on one line, however the rest is indented.</summary>
internal sealed class FindingJsonConverter : JsonConverter<Finding>
{
    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Finding value, JsonSerializerOptions options)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            FindingJson.Write(json, value);
        }

        writer.WriteRawValue(line.WrittenSpan, skipInputValidation: true);
    }

    /// <inheritdoc/>
    public override Finding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("findings are written, not read");
}
