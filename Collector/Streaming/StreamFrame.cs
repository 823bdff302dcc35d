using System.Text;
using System.Text.Json;
using Collector.Atlas;

namespace Collector.Streaming;

/// <summary>What a frame of the stream is.</summary>
internal enum StreamFrameKind
{
    /// <summary>Nothing that the protocol knows the form of.</summary>
    Malformed,

    /// <summary>A type that we have no use for.</summary>
    Other,

    /// <summary>A result.</summary>
    Result,

    /// <summary>A subscription was accepted.</summary>
    Subscribed,

    /// <summary>A subscription ended.</summary>
    Unsubscribed,

    /// <summary>The server objects to something.</summary>
    Error,
}

/// <summary>One frame, <c>[type, payload]</c>. It comes from the network, so anything may be in it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Measurement">A result's measurement; 0 where it names none.</param>
/// <param name="Start">Where the payload begins in the frame's bytes.</param>
/// <param name="Length">How long it is; 0: none.</param>
internal readonly record struct StreamFrame(StreamFrameKind Kind, long Measurement = 0, int Start = 0, int Length = 0)
{
    /// <summary>Reads a frame without believing it.</summary>
    public static StreamFrame Read(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                return default;
            }

            var kind = KindOf(ref reader);
            var (measurement, start) = (0L, 0);
            if (!reader.Read())
            {
                return default;
            }

            if (reader.TokenType == JsonTokenType.EndArray)
            {
                // A type alone says enough, except for a result.
                return kind == StreamFrameKind.Result || reader.Read() ? default : new StreamFrame(kind);
            }

            start = (int)reader.TokenStartIndex;
            if (kind != StreamFrameKind.Result)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                measurement = MeasurementOf(ref reader);
            }
            else
            {
                return default;
            }

            var length = (int)reader.BytesConsumed - start;
            return reader.Read() && reader.TokenType == JsonTokenType.EndArray && !reader.Read() ? new StreamFrame(kind, measurement, start, length) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The frame that asks for a measurement's results, or no longer for them.</summary>
    public static byte[] Request(string type, long measurement) =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""["{{type}}",{"streamType":"result","msm":{{measurement}}}]"""));

    /// <summary>The payload as one short line for a log.</summary>
    public string Text(ReadOnlySpan<byte> frame) => Json.OneLine(Encoding.UTF8.GetString(frame.Slice(Start, Math.Min(Length, 1000))), 200);

    private static StreamFrameKind KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("atlas_result"u8) ? StreamFrameKind.Result
        : reader.ValueTextEquals("atlas_subscribed"u8) ? StreamFrameKind.Subscribed
        : reader.ValueTextEquals("atlas_unsubscribed"u8) ? StreamFrameKind.Unsubscribed
        : reader.ValueTextEquals("atlas_error"u8) ? StreamFrameKind.Error
        : StreamFrameKind.Other;

    /// <summary>Goes through an object to its end and takes its <c>msm_id</c> along.</summary>
    private static long MeasurementOf(ref Utf8JsonReader reader)
    {
        long measurement = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isIt = reader.ValueTextEquals("msm_id"u8);
            reader.Read();
            if (isIt && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
            {
                measurement = number;
            }

            reader.Skip();
        }

        return measurement;
    }
}
