using System.Net;

namespace App.Web.Access;

/// <summary>What the access rules look at.</summary>
/// <param name="Local">Our own address that it arrived at; null: no IP connection.</param>
/// <param name="Host">The Host header's name, without port.</param>
/// <param name="Method">GET, POST …</param>
/// <param name="Path">The path.</param>
internal sealed record AccessRequest(IPAddress? Local, string Host, string Method, string Path)
{
    /// <summary>The Authorization header; null: none.</summary>
    public string? Authorization { get; init; }

    /// <summary>Whether it brings the cookie of a browser that is logged in.</summary>
    public bool HasSession { get; init; }

    /// <summary>Sec-Fetch-Site, by which browsers say who makes them ask; null: no browser, or an old one.</summary>
    public string? FetchSite { get; init; }

    /// <summary>Sec-Fetch-Mode; null: no browser, or an old one.</summary>
    public string? FetchMode { get; init; }

    /// <summary>The Origin header; null: none.</summary>
    public string? Origin { get; init; }

    /// <summary>Our own origin as the request has it: <c>http://127.0.0.1:8053</c>.</summary>
    public string OwnOrigin { get; init; } = "";
}
