using System.Net;
using App.Web.Access;
using Collector.Configuration;

namespace App.Web;

/// <summary>Where the service listens, checked.</summary>
internal static class ListenAddress
{
    /// <summary>The address and port; null: the framework's own section <c>Kestrel</c> declares endpoints, which take its place.</summary>
    /// <exception cref="ConfigurationException">It is none, or it is open to others and there is no key.</exception>
    public static IPEndPoint? Of(Settings settings)
    {
        var endpoints = settings.Framework?.GetSection("Kestrel:Endpoints").GetChildren().ToList() ?? [];
        foreach (var endpoint in endpoints)
        {
            var url = endpoint["Url"] ?? "";
            if (settings.Web.KeyHash is null && !AccessRules.IsLoopback(Uri.TryCreate(url, UriKind.Absolute, out var uri) ? AddressOf(uri) : null))
            {
                throw Open($"{endpoint.Path}:Url", url);
            }
        }

        var listen = settings.Web.Listen;
        return endpoints.Count > 0 ? null
            : AddressOf(listen) is not { } address || listen.Scheme != "http" || listen.PathAndQuery != "/" || listen.UserInfo.Length > 0
                ? throw new ConfigurationException($"Web:Listen is {listen}; allowed: http, an IP address or localhost, and a port, such as http://127.0.0.1:8053")
            : settings.Web.KeyHash is null && !AccessRules.IsLoopback(address) ? throw Open("Web:Listen", listen.ToString())
            : new IPEndPoint(address, listen.Port);
    }

    private static IPAddress? AddressOf(Uri uri) =>
        uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) ? address : null;

    private static ConfigurationException Open(string key, string found) =>
        new($"{key} is {found}, which others can reach, and Web:KeyHash is missing; allowed: loopback, such as http://127.0.0.1:8053, or a key");
}
