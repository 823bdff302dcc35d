using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Reports.Contracts;

/// <summary>Answers as JSON bytes.</summary>
internal static class Answers
{
    /// <summary>camelCase; what is unknown is absent.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What a writer writes.</summary>
    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An answer of these bytes.</summary>
    public static IResult Of(byte[] json) => Results.Bytes(json, "application/json");

    /// <summary>An answer of this value.</summary>
    public static IResult Of<T>(T value) => Results.Json(value, Json);
}
