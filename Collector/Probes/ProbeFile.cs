using System.IO.Compression;
using System.Text.Json;

namespace Collector.Probes;

/// <summary>Reads probes from what operators have lying about: API pages, NDJSON, an array, the daily archive; gzipped or not.
/// Which of these it is, is detected. One odd probe never stops a file.</summary>
public static class ProbeFile
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true };

    /// <summary>Reads all probes of a stream, in its order; memory does not grow with its length.</summary>
    /// <param name="stream">From its current position to its end; not closed.</param>
    /// <param name="accept">Called for each probe. The same id may come more than once.</param>
    /// <exception cref="InvalidDataException">The stream is packed in a way other than gzip.</exception>
    public static ProbeReadSummary Read(Stream stream, Action<Probe> accept)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(accept);

        var probes = 0;
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var shared = new HashSet<string>(StringComparer.Ordinal);
        var scanner = new ProbeScanner(Found, Rejected);
        var damaged = false;

        var start = new byte[3];
        var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, length), stream);
        if (length >= 2 && start[0] == 0x1F && start[1] == 0x8B)
        {
            using var unpacked = new GZipStream(whole, CompressionMode.Decompress);
            damaged = !Pump(unpacked, scanner);
        }
        else if (start.AsSpan(0, length).SequenceEqual("BZh"u8))
        {
            throw new InvalidDataException("the probe file is packed with bzip2; allowed: plain or gzip (unpack it with bunzip2 first)");
        }
        else
        {
            Pump(whole, scanner);
        }

        var cutOff = damaged || scanner.IsInside;
        scanner.End();
        return new ProbeReadSummary(probes, reasons, cutOff);

        void Found(ReadOnlyMemory<byte> json)
        {
            Probe? probe;
            string? reason;
            try
            {
                using var document = JsonDocument.Parse(json, Options);
                reason = ProbeParser.TryParse(document.RootElement, shared, out probe);
            }
            catch (JsonException)
            {
                probe = null;
                reason = ProbeParser.BadJson;
            }

            if (probe is null)
            {
                Rejected(reason!);
                return;
            }

            probes++;
            accept(probe);
        }

        void Rejected(string reason) => reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
    }

    /// <summary>Reads all probes of a file. Where an id comes more than once, the last object counts.</summary>
    /// <exception cref="InvalidDataException">There is no probe in it; the message says what was found instead.</exception>
    public static (IReadOnlyDictionary<int, Probe> Probes, ProbeReadSummary Summary) Load(string path)
    {
        using var stream = File.OpenRead(path);
        var probes = new Dictionary<int, Probe>();
        var summary = Read(stream, probe => probes[probe.Id] = probe);
        if (probes.Count == 0)
        {
            var found = summary.Rejected.Count == 0 ? "nothing" : string.Join(", ", summary.Rejected.Select(reason => $"{reason.Value} × {reason.Key}"));
            throw new InvalidDataException(
                $"no probes in {path}: found {found}; allowed: probe objects of the Atlas API or of its daily archive, as NDJSON, array or pages, gzipped or not");
        }

        return (probes, summary);
    }

    private static bool Pump(Stream stream, ProbeScanner scanner)
    {
        var chunk = new byte[ChunkBytes];
        try
        {
            for (int read; (read = stream.Read(chunk)) > 0;)
            {
                scanner.Push(chunk.AsSpan(0, read));
            }

            return true;
        }
        catch (InvalidDataException) when (stream is GZipStream)
        {
            // A cut or damaged archive: what came before the damage is good.
            return false;
        }
    }

    /// <summary>Some bytes that were read already, then the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> prefix = prefix;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (prefix.IsEmpty)
            {
                return rest.Read(buffer);
            }

            var count = Math.Min(buffer.Length, prefix.Length);
            prefix.Span[..count].CopyTo(buffer);
            prefix = prefix[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
