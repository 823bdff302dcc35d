using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MaxMind.Db;
using MaxMind.GeoIP2;

namespace Collector.Geolocation;

/// <summary>One file of the MaxMind DB format, whatever layout its records have (docs/geography.md), read by MaxMind's own packages.</summary>
/// <remarks>
/// Look-ups decode what <see cref="GeoRecord"/> needs and nothing else. The file is not trusted: the package bounds how deep, how many and how
/// long the values of a record are, and whatever it throws becomes an <see cref="InvalidDataException"/> of one line. Safe from several
/// threads; disposing waits for look-ups under way.
/// </remarks>
public sealed class MaxMindDatabase : IDisposable
{
    // Enough to see how records are laid out; empty stretches of the tree are steps too.
    private const int MostSamples = 32;
    private const int MostSteps = 512;

    private readonly Reader _reader;
    private readonly Func<DatabaseReader> _typed;
    private readonly string _name;
    private readonly bool _isNested;
    private int _users = 1;
    private int _disposed;

    private MaxMindDatabase(string name, Reader reader, Func<DatabaseReader> typed)
    {
        (_name, _reader, _typed) = (name, reader, typed);
        var metadata = reader.Metadata;
        if (metadata.BinaryFormatMajorVersion != 2 || metadata.IPVersion is not (4 or 6))
        {
            throw new InvalidDataException(
                $"{name} has format version {metadata.BinaryFormatMajorVersion} and IP version {metadata.IPVersion}; allowed: 2, and 4 or 6");
        }

        Info = new GeoDatabaseInfo(name, metadata.DatabaseType ?? "", BuiltAt(metadata), [.. metadata.Languages ?? []]);
        (_isNested, Example) = Sample();
    }

    /// <summary>The database, for people.</summary>
    public GeoDatabaseInfo Info { get; }

    /// <summary>An address of which something is known; null where the first ones say nothing.</summary>
    public IPAddress? Example { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inMemory">Whether to read all of it now, so that nothing that happens to the file later can hurt; otherwise it is mapped,
    /// which costs nothing at opening, but must not be shortened while in use.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no such database, or a damaged one.</exception>
    public static MaxMindDatabase Open(string path, bool inMemory = false)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path} is a folder; allowed: a .mmdb file");
        }

        return Of(path, () => new Reader(path, inMemory ? FileAccessMode.Memory : FileAccessMode.MemoryMapped), () => new DatabaseReader(path));
    }

    /// <summary>Takes a database that is in memory.</summary>
    /// <param name="bytes">The file's bytes, from then on left alone.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="InvalidDataException">It is no such database, or a damaged one.</exception>
    public static MaxMindDatabase Read(byte[] bytes, string name) =>
        Of(name, () => new Reader(new MemoryStream(bytes)), () => new DatabaseReader(new MemoryStream(bytes)));

    /// <summary>What is known about an address; null when nothing is.</summary>
    /// <exception cref="InvalidDataException">The database is damaged where this address is; one line says how.</exception>
    public GeoRecord? Find(IPAddress address) =>
        TryFind(address, out var record) ? record : throw new ObjectDisposedException(_name);

    /// <summary>The same, but tells that it was disposed of.</summary>
    internal bool TryFind(IPAddress address, out GeoRecord? record)
    {
        record = null;
        if (!TryEnter())
        {
            return false;
        }

        try
        {
            if (InTree(ref address))
            {
                record = (_isNested ? Nested(address) : Any(address))?.ToRecord();
            }

            return true;
        }
        catch (Exception problem) when (IsDamage(problem))
        {
            throw Damaged(problem);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Everything of interest to a person about an address; null where nothing is known, or the file is none of MaxMind's kinds.</summary>
    /// <remarks>Slow: the file is opened for it.</remarks>
    /// <exception cref="InvalidDataException">The database is damaged where this address is; one line says how.</exception>
    public GeoDetails? Describe(IPAddress address)
    {
        try
        {
            if (!InTree(ref address))
            {
                return null;
            }

            using var reader = _typed();
            return GeoDetails.Of(reader, address);
        }
        catch (Exception problem) when (IsDamage(problem))
        {
            throw Damaged(problem);
        }
    }

    /// <summary>The whole record of an address as the package has it: text, numbers, maps and lists; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The database is damaged where this address is.</exception>
    internal object? Lookup(IPAddress address)
    {
        try
        {
            return InTree(ref address) ? _reader.Find<object>(address) : null;
        }
        catch (Exception problem) when (IsDamage(problem))
        {
            throw Damaged(problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Leave();
        }
    }

    private static MaxMindDatabase Of(string name, Func<Reader> open, Func<DatabaseReader> typed)
    {
        Reader? reader = null;
        try
        {
            reader = open();
            return new MaxMindDatabase(name, reader, typed);
        }
        catch (Exception problem)
        {
            reader?.Dispose();
            if (IsDamage(problem))
            {
                throw new InvalidDataException($"{name} cannot be used as a MaxMind database: {OneLine(problem)}", problem);
            }

            throw;
        }
    }

    /// <summary>What the package throws where a file's bytes make no sense: exceptions of its own, of two kinds, and those of what it reads
    /// with.</summary>
    private static bool IsDamage(Exception problem) => problem
        is InvalidDatabaseException or DeserializationException or ArgumentException or ArithmeticException or IndexOutOfRangeException
        or InvalidCastException or EndOfStreamException;

    private static string OneLine(Exception problem) => problem.Message.ReplaceLineEndings(" ");

    // The number may be the largest there is.
    private static DateTimeOffset? BuiltAt(Metadata metadata)
    {
        try
        {
            var at = metadata.BuildDate;
            return at > DateTime.UnixEpoch ? new DateTimeOffset(at) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static IPAddress AddressOf(UInt128 value, bool isV4)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(isV4 ? bytes[12..] : bytes);
    }

    /// <summary>Brings an address into the form the tree has; false: it holds none of that family.</summary>
    private bool InTree(ref IPAddress address)
    {
        // The package finds nothing under ::ffff:a.b.c.d, and takes the first bits of an IPv6 address for an IPv4 one where the tree has those.
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetwork || _reader.Metadata.IPVersion == 6;
    }

    private MaxMindRecord? Nested(IPAddress address)
    {
        try
        {
            return _reader.Find<MaxMindNestedRecord>(address);
        }
        catch (DeserializationException)
        {
            // This record is laid out otherwise than the first ones.
            return Any(address);
        }
    }

    private MaxMindAnyRecord? Any(IPAddress address)
    {
        try
        {
            return _reader.Find<MaxMindAnyRecord>(address);
        }
        catch (DeserializationException)
        {
            // A bare text or number is sound, and of no use; what is damaged throws again.
            return _reader.Find<object>(address) is IReadOnlyDictionary<string, object?> map ? MaxMindAnyRecord.From(map) : null;
        }
    }

    /// <summary>Reads the first records, to see how they are laid out and whether any can be read at all.</summary>
    private (bool IsNested, IPAddress? Example) Sample()
    {
        var (isNested, read, example) = (true, 0, (IPAddress?)null);
        Exception? damage = null;
        foreach (var isV4 in _reader.Metadata.IPVersion == 6 ? new[] { true, false } : [true])
        {
            // IPv4 is below ::1:0:0 in a tree of IPv6.
            var (bits, from) = isV4 ? (32, UInt128.Zero) : (128, UInt128.One << 32);
            for (var step = 0; step < MostSteps && read < MostSamples * (isV4 ? 1 : 2); step++)
            {
                var address = AddressOf(from, isV4);
                var length = 0;
                try
                {
                    if (_reader.Find<object>(address, out length) is { } value)
                    {
                        read++;
                        if (value is IReadOnlyDictionary<string, object?> map && MaxMindAnyRecord.From(map).ToRecord() is { } record)
                        {
                            example ??= address;
                            isNested = isNested && IsSame(address, record);
                        }
                    }
                }
                catch (Exception problem) when (IsDamage(problem))
                {
                    damage ??= problem;
                    length = length is 0 ? bits / 8 : length;
                }

                // On to the address after the network that held this one; after the last there is none.
                var next = (from | ((UInt128.One << (bits - length)) - 1)) + 1;
                if (length == 0 || next == 0 || (isV4 && next > uint.MaxValue))
                {
                    break;
                }

                from = next;
            }
        }

        return read == 0 && damage is not null ? throw Damaged(damage) : (isNested, example);
    }

    private bool IsSame(IPAddress address, GeoRecord record)
    {
        try
        {
            return _reader.Find<MaxMindNestedRecord>(address)?.ToRecord() == record;
        }
        catch (DeserializationException)
        {
            return false;
        }
    }

    private InvalidDataException Damaged(Exception problem) => new($"{_name} is damaged: {OneLine(problem)}", problem);

    private bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _reader.Dispose();
        }
    }
}
