using System.Buffers.Binary;
using System.Numerics;

namespace Collector.Archive;

/// <summary>Checksums of bytes, which may come in pieces: begin with <see cref="Begin"/>, add each piece, and end with <see cref="End"/>.</summary>
internal static class Crc
{
    /// <summary>What both checksums begin with.</summary>
    public const uint Begin = uint.MaxValue;

    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of all that was added.</summary>
    public static uint End(uint state) => ~state;

    /// <summary>Adds to a CRC-32C (Castagnoli), which processors compute by themselves.</summary>
    public static uint AddCastagnoli(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    /// <summary>Adds to the CRC-32 of gzip (RFC 1952, section 8), eight bytes at a time.</summary>
    public static uint AddGzip(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]);
            state = Tables[7][low & 0xFF] ^ Tables[6][(low >> 8) & 0xFF] ^ Tables[5][(low >> 16) & 0xFF] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 0xFF] ^ Tables[2][(high >> 8) & 0xFF] ^ Tables[1][(high >> 16) & 0xFF] ^ Tables[0][high >> 24];
        }

        foreach (var value in bytes)
        {
            state = Tables[0][(state ^ value) & 0xFF] ^ (state >> 8);
        }

        return state;
    }

    private static uint[][] MakeTables()
    {
        const uint Polynomial = 0xEDB88320;
        var tables = new uint[sizeof(ulong)][];
        for (var table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (uint value = 0; value < 256; value++)
            {
                var state = table == 0 ? value : tables[table - 1][value];
                for (var bit = 0; bit < 8; bit++)
                {
                    state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ Polynomial;
                }

                tables[table][value] = state;
            }
        }

        return tables;
    }
}
