using System.Net;
using Collector.Configuration;
using Reports.Web.Access;

namespace Reports.Web;

/// <summary>Where the service listens, checked.</summary>
internal static class ListenAddress
{
    /// <summary>The address and port.</summary>
    /// <exception cref="ConfigurationException">It is none, or it is open to others and there is no key.</exception>
    public static IPEndPoint Of(WebOptions options)
    {
        var listen = options.Listen;
        var address = listen.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(listen.Host.Trim('[', ']'), out var parsed) ? parsed : null;
        if (address is null || listen.Scheme != "http" || listen.PathAndQuery != "/" || listen.UserInfo.Length > 0)
        {
            throw new ConfigurationException($"Web:Listen is {listen}; allowed: http, an IP address or localhost, and a port, such as http://127.0.0.1:8053");
        }

        return options.KeyHash is not null || AccessRules.IsLoopback(address)
            ? new IPEndPoint(address, listen.Port)
            : throw new ConfigurationException($"Web:Listen is {listen}, which others can reach, and Web:KeyHash is missing; allowed: loopback, such as http://127.0.0.1:8053, or both");
    }
}
