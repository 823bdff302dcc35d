using System.Net;
using System.Net.Sockets;

namespace App.Web.Access;

/// <summary>Whom limits count together.</summary>
internal static class Client
{
    /// <summary>One client: an IPv4 address, or the /64 that an IPv6 host can pick its addresses from.</summary>
    /// <param name="address">Where a connection comes from; null: no IP connection.</param>
    public static string Of(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString() ?? "";
        }

        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }
}
