using System.Buffers.Text;
using System.Text;
using Analyzer.Hours;

namespace App.Series;

/// <summary>Writes points as InfluxDB's line protocol: measurement, tags, fields, nanoseconds; straight into a buffer.</summary>
/// <remarks>
/// <code>using order: Begin, Tag…, Field…, End</code>
/// Texts may come from anywhere. Control characters, which end a line or cannot be written at all, become spaces in fields and vanish in tags;
/// a tag does not end in a backslash, which would escape the comma behind it; a tag without value and a number that is none are left out,
/// and a point without fields is not written: the server would refuse each of them, some with the rest of the request.
/// </remarks>
/// <param name="output">Receives the lines.</param>
public sealed class LineWriter(PooledBuffer output)
{
    /// <summary>The most bytes of a tag's value.</summary>
    public const int LongestTag = 256;

    /// <summary>The most bytes of a text in a field; servers take 64 KiB.</summary>
    public const int LongestText = 4096;

    private int begin;
    private bool hasFields;

    /// <summary>How many points were written.</summary>
    public int Points { get; private set; }

    /// <summary>Starts counting anew, after the buffer was emptied.</summary>
    public void Clear()
    {
        output.CutTo(0);
        Points = 0;
    }

    /// <summary>Begins a point.</summary>
    /// <param name="measurement">Its name, one of ours: nothing in it needs an escape.</param>
    public LineWriter Begin(ReadOnlySpan<byte> measurement)
    {
        begin = output.Length;
        hasFields = false;
        Copy(measurement);
        return this;
    }

    /// <summary>Adds a tag; an empty one is left out.</summary>
    /// <param name="key">Its name, one of ours.</param>
    /// <param name="value">Its value, anybody's.</param>
    public LineWriter Tag(ReadOnlySpan<byte> key, string? value)
    {
        var before = output.Length;
        Separate((byte)',', key);
        var start = output.Length;
        Escape(value, LongestTag, ",= "u8, keepsBreaks: false);

        // An odd number would escape the separator behind it, and an even one reads differently on each version.
        while (output.Length > start && output.Written.Span[^1] == '\\')
        {
            output.CutTo(output.Length - 1);
        }

        if (output.Length == start)
        {
            output.CutTo(before);
        }

        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public LineWriter Field(ReadOnlySpan<byte> key, long value)
    {
        BeginField(key);
        var room = output.GetSpan(21);
        Utf8Formatter.TryFormat(value, room, out var written);
        room[written] = (byte)'i';
        output.Advance(written + 1);
        return this;
    }

    /// <summary>Adds a number; what is none is left out.</summary>
    public LineWriter Field(ReadOnlySpan<byte> key, double value)
    {
        if (!double.IsFinite(value))
        {
            return this;
        }

        BeginField(key);
        var room = output.GetSpan(32);
        Utf8Formatter.TryFormat(value, room, out var written);
        output.Advance(written);
        return this;
    }

    /// <summary>Adds a text; null is left out.</summary>
    public LineWriter Field(ReadOnlySpan<byte> key, string? value)
    {
        if (value is null)
        {
            return this;
        }

        BeginField(key);
        Put((byte)'"');
        Escape(value, LongestText, "\"\\"u8, keepsBreaks: true);
        Put((byte)'"');
        return this;
    }

    /// <summary>Ends the point; without fields it is not written.</summary>
    /// <param name="unixNanoseconds">Its time.</param>
    public void End(long unixNanoseconds)
    {
        if (!hasFields)
        {
            output.CutTo(begin);
            return;
        }

        var room = output.GetSpan(24);
        room[0] = (byte)' ';
        Utf8Formatter.TryFormat(unixNanoseconds, room[1..], out var written);
        room[written + 1] = (byte)'\n';
        output.Advance(written + 2);
        Points++;
    }

    private void BeginField(ReadOnlySpan<byte> key)
    {
        Separate(hasFields ? (byte)',' : (byte)' ', key);
        hasFields = true;
    }

    private void Separate(byte separator, ReadOnlySpan<byte> key)
    {
        Put(separator);
        Copy(key);
        Put((byte)'=');
    }

    /// <summary>Writes text with a backslash before each of some characters, cut between two characters.</summary>
    private void Escape(string? text, int longest, ReadOnlySpan<byte> escaped, bool keepsBreaks)
    {
        Span<byte> encoded = stackalloc byte[4];
        var bytes = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            var shown = rune;
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
            {
                if (!keepsBreaks)
                {
                    continue;
                }

                shown = new Rune(' ');
            }

            var length = shown.EncodeToUtf8(encoded);
            bytes += length;
            if (bytes > longest)
            {
                return;
            }

            if (length == 1 && escaped.Contains(encoded[0]))
            {
                Put((byte)'\\');
            }

            Copy(encoded[..length]);
        }
    }

    private void Put(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void Copy(ReadOnlySpan<byte> value)
    {
        value.CopyTo(output.GetSpan(value.Length));
        output.Advance(value.Length);
    }
}
