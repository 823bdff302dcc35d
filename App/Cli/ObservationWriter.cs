using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Collector.Results;
using Reports.Catchments;

namespace App.Cli;

/// <summary>Writes observations as JSON or CSV, many a second: straight into a buffer, which goes out when it is full.</summary>
/// <remarks>
/// Names and order are the contract of <c>decode</c>; what is unknown is null. JSON is ASCII, with all else as <c>\uXXXX</c>: names
/// that strangers chose cannot move a terminal's cursor or turn its text around.
/// </remarks>
internal sealed class ObservationWriter : IResultHandler
{
    private const string Columns = "kind,measurement,probe,at,family,target,protocol,query,identity,nsid,rttMs,rcode,"
        + "rttMinMs,rttAvgMs,rttMaxMs,sent,received,duplicates,outcome,reason,from,sub,firmware\n";

    private const int BufferSize = 64 * 1024;

    // The longest identity or NSID, each character as \uXXXX, and all the rest.
    private const int LongestLine = 24 * 1024;

    // What a JSON text may hold as it is.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', 0x7f - ' ').Select(code => (char)code).Where(character => character is not ('"' or '\\'))]);

    private readonly Stream output;
    private readonly OutputFormat format;
    private readonly byte[] buffer = new byte[BufferSize];
    private int used;
    private bool isFirst = true;

    /// <param name="output">Where to; stays open.</param>
    /// <param name="format">NDJSON, JSON or CSV.</param>
    public ObservationWriter(Stream output, OutputFormat format)
    {
        this.output = output;
        this.format = format;
        if (format == OutputFormat.Csv)
        {
            Raw(Encoding.ASCII.GetBytes(Columns));
        }
    }

    /// <inheritdoc/>
    public void Accept(in Observation observation, ReadOnlySpan<byte> result)
    {
        if (used > buffer.Length - LongestLine)
        {
            Flush();
        }

        switch (format)
        {
            case OutputFormat.Csv:
                WriteCsv(in observation);
                break;
            case OutputFormat.Json:
                Raw(isFirst ? "[\n"u8 : ",\n"u8);
                WriteJson(in observation);
                break;
            default:
                WriteJson(in observation);
                Raw("\n"u8);
                break;
        }

        isFirst = false;
    }

    /// <inheritdoc/>
    public void Reject(string reason, ReadOnlySpan<byte> result)
    {
        // Counted by the decoder; there is no line for what is no observation.
    }

    /// <summary>Writes what ends the output.</summary>
    public void End()
    {
        if (format == OutputFormat.Json)
        {
            Raw(isFirst ? "[]\n"u8 : "\n]\n"u8);
        }

        Flush();
    }

    private static string NameOf(Outcome outcome) => outcome switch
    {
        Outcome.Answered => "answered",
        Outcome.Unanswered => "unanswered",
        _ => "failed",
    };

    private void Flush()
    {
        output.Write(buffer, 0, used);
        output.Flush();
        used = 0;
    }

    private void WriteJson(in Observation observation)
    {
        var isDns = observation.Kind == MeasurementKind.Dns;
        Raw(isDns ? "{\"kind\":\"dns\",\"measurement\":"u8 : "{\"kind\":\"ping\",\"measurement\":"u8);
        Number(observation.Measurement);
        Raw(",\"probe\":"u8);
        Number(observation.Probe);
        Raw(",\"at\":"u8);
        Number(observation.At);
        Raw(",\"family\":"u8);
        NumberOrNull(observation.Family, observation.Family != 0);
        Raw(",\"target\":"u8);
        TextOrNull(observation.Target);
        Raw(",\"protocol\":"u8);
        TextOrNull(observation.Protocol);
        if (isDns)
        {
            Raw(",\"query\":"u8);
            TextOrNull(observation.Query);
            Raw(",\"identity\":"u8);
            TextOrNull(observation.Identity);
            Raw(",\"nsid\":"u8);
            TextOrNull(observation.Nsid);
            Raw(",\"rttMs\":"u8);
            MillisecondsOrNull(observation.RttMs);
            Raw(",\"rcode\":"u8);
            TextOrNull(Rcodes.Name(observation.Rcode));
        }
        else
        {
            Raw(",\"rttMinMs\":"u8);
            MillisecondsOrNull(observation.RttMinMs);
            Raw(",\"rttAvgMs\":"u8);
            MillisecondsOrNull(observation.RttAvgMs);
            Raw(",\"rttMaxMs\":"u8);
            MillisecondsOrNull(observation.RttMaxMs);
            Raw(",\"sent\":"u8);
            NumberOrNull(observation.Sent, observation.Sent >= 0);
            Raw(",\"received\":"u8);
            NumberOrNull(observation.Received, observation.Received >= 0);
            Raw(",\"duplicates\":"u8);
            NumberOrNull(observation.Duplicates, observation.Duplicates >= 0);
        }

        Raw(",\"outcome\":"u8);
        TextOrNull(NameOf(observation.Outcome));
        Raw(",\"reason\":"u8);
        TextOrNull(observation.Reason);
        Raw(",\"from\":"u8);
        TextOrNull(observation.From);
        Raw(",\"sub\":"u8);
        NumberOrNull(observation.Sub, observation.Sub != 0);
        Raw(",\"firmware\":"u8);
        NumberOrNull(observation.Firmware, observation.Firmware >= 0);
        Raw("}"u8);
    }

    private void WriteCsv(in Observation observation)
    {
        Raw(observation.Kind == MeasurementKind.Dns ? "dns,"u8 : "ping,"u8);
        Number(observation.Measurement);
        Raw(","u8);
        Number(observation.Probe);
        Raw(","u8);
        Number(observation.At);
        Cell(observation.Family, observation.Family != 0);
        Cell(observation.Target);
        Cell(observation.Protocol);
        Cell(observation.Query);
        Cell(observation.Identity);
        Cell(observation.Nsid);
        Cell(observation.RttMs);
        Cell(Rcodes.Name(observation.Rcode));
        Cell(observation.RttMinMs);
        Cell(observation.RttAvgMs);
        Cell(observation.RttMaxMs);
        Cell(observation.Sent, observation.Sent >= 0);
        Cell(observation.Received, observation.Received >= 0);
        Cell(observation.Duplicates, observation.Duplicates >= 0);
        Cell(NameOf(observation.Outcome));
        Cell(observation.Reason);
        Cell(observation.From);
        Cell(observation.Sub, observation.Sub != 0);
        Cell(observation.Firmware, observation.Firmware >= 0);
        Raw("\n"u8);
    }

    private void Cell(string? text)
    {
        Raw(","u8);
        used += Encoding.UTF8.GetBytes(CatchmentCsv.Text(text), buffer.AsSpan(used));
    }

    private void Cell(double milliseconds)
    {
        Raw(","u8);
        if (!double.IsNaN(milliseconds))
        {
            MillisecondsOrNull(milliseconds);
        }
    }

    private void Cell(long number, bool isKnown)
    {
        Raw(","u8);
        if (isKnown)
        {
            Number(number);
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    private void Number(long number)
    {
        Utf8Formatter.TryFormat(number, buffer.AsSpan(used), out var written);
        used += written;
    }

    private void NumberOrNull(long number, bool isKnown)
    {
        if (isKnown)
        {
            Number(number);
        }
        else
        {
            Raw("null"u8);
        }
    }

    /// <summary>The shortest digits that read back as the same number.</summary>
    private void MillisecondsOrNull(double milliseconds)
    {
        if (double.IsNaN(milliseconds))
        {
            Raw("null"u8);
            return;
        }

        milliseconds.TryFormat(buffer.AsSpan(used), out var written, provider: CultureInfo.InvariantCulture);
        used += written;
    }

    private void TextOrNull(string? text)
    {
        if (text is null)
        {
            Raw("null"u8);
            return;
        }

        buffer[used++] = (byte)'"';
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            used += Encoding.ASCII.GetBytes(text, buffer.AsSpan(used));
        }
        else
        {
            foreach (var character in text)
            {
                Escaped(character);
            }
        }

        buffer[used++] = (byte)'"';
    }

    private void Escaped(char character)
    {
        if (Plain.Contains(character))
        {
            buffer[used++] = (byte)character;
        }
        else if (character is '"' or '\\')
        {
            buffer[used++] = (byte)'\\';
            buffer[used++] = (byte)character;
        }
        else
        {
            Raw("\\u"u8);
            ((ushort)character).TryFormat(buffer.AsSpan(used), out var written, "x4", CultureInfo.InvariantCulture);
            used += written;
        }
    }
}
