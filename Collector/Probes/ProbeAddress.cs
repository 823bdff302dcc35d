using System.Net;
using System.Net.Sockets;

namespace Collector.Probes;

/// <summary>The public address that a probe's newest result came from.</summary>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Family">4 or 6: that of the address.</param>
/// <param name="At">When the probe asked, by its own clock, but no later than Atlas stored the result: Unix seconds.</param>
/// <param name="Address">The address, as text.</param>
public readonly record struct ProbeAddress(int Probe, int Family, long At, string Address)
{
    /// <summary>Whether it is newer than another of the same probe and family; at one time the greater text counts, so that order does not.</summary>
    public bool IsNewerThan(in ProbeAddress other) =>
        At != other.At ? At > other.At : string.CompareOrdinal(Address, other.Address) > 0;

    /// <summary>Reads an address that everybody could send packets to; null for others: private ones, link-local ones, what is no address.</summary>
    public static IPAddress? Public(string? text)
    {
        if (text is null || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var isPrivate = address.AddressFamily == AddressFamily.InterNetwork
            ? (text.Count(letter => letter == '.') != 3)
                || bytes[0] is 0 or 10 or 127 or >= 224
                || (bytes[0] == 100 && (bytes[1] & 0xC0) == 64)
                || (bytes[0] == 169 && bytes[1] == 254)
                || (bytes[0] == 172 && (bytes[1] & 0xF0) == 16)
                || (bytes[0] == 192 && bytes[1] == 168)
            : address.ScopeId != 0 || (bytes[0] & 0xE0) != 0x20;
        return isPrivate ? null : address;
    }
}
