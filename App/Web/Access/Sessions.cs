using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Collector.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace App.Web.Access;

/// <summary>Who is logged in: a signed cookie says so, until it expires, the browser logs out, or the key is changed.</summary>
/// <remarks>The keys that sign are in the data folder, so that a login outlives a restart. Safe for many threads.</remarks>
internal sealed class Sessions(IDataProtectionProvider protection, WebOptions options, TimeProvider time)
{
    /// <summary>The cookie's name.</summary>
    public const string CookieName = "measurement-login";

    private const int IdBytes = 16;
    private const int LongestCookie = 512;

    // Another key is another purpose, and what was signed for one purpose is nothing for another.
    private readonly IDataProtector? protector = options.KeyHash is { } hash ? protection.CreateProtector("App.Web.Access.Sessions", hash.ToUpperInvariant()) : null;

    // Logins that were ended before their time, and when they would have been over.
    private readonly ConcurrentDictionary<string, DateTimeOffset> ended = new();

    /// <summary>The login that a request's cookie is of; null: none, or no longer.</summary>
    public Session? Of(HttpRequest request)
    {
        if (protector is null || !request.Cookies.TryGetValue(CookieName, out var cookie) || string.IsNullOrEmpty(cookie) || cookie.Length > LongestCookie)
        {
            return null;
        }

        try
        {
            var bytes = protector.Unprotect(Base64Url.DecodeFromChars(cookie));
            var session = new Session(Convert.ToHexString(bytes.AsSpan(0, IdBytes)), DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(IdBytes))));
            return session.Until > time.GetUtcNow() && !ended.ContainsKey(session.Id) ? session : null;
        }
        catch (Exception forged) when (forged is FormatException or CryptographicException or ArgumentOutOfRangeException)
        {
            // Signed by nobody, by another service on this host (ports share cookies), or for a key that has been changed.
            return null;
        }
    }

    /// <summary>Logs a browser in. Only for a client that has shown the key.</summary>
    /// <param name="context">The request; nothing of its answer has been sent.</param>
    /// <exception cref="InvalidOperationException">No key is configured.</exception>
    /// <exception cref="IOException">The keys that sign cannot be written.</exception>
    public Session Begin(HttpContext context)
    {
        if (protector is null)
        {
            throw new InvalidOperationException("Nobody can log in where no key is configured");
        }

        Span<byte> bytes = stackalloc byte[IdBytes + sizeof(long)];
        RandomNumberGenerator.Fill(bytes[..IdBytes]);
        var until = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + options.LoginLifetime).ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt64LittleEndian(bytes[IdBytes..], until.ToUnixTimeSeconds());
        context.Response.Cookies.Append(CookieName, Base64Url.EncodeToString(protector.Protect(bytes.ToArray())), Cookie(context.Request, options.LoginLifetime));
        return new Session(Convert.ToHexString(bytes[..IdBytes]), until);
    }

    /// <summary>Logs a browser out: its cookie is worth nothing from now on, for whoever has a copy of it neither.</summary>
    /// <param name="context">The request; nothing of its answer has been sent.</param>
    /// <param name="session">The login.</param>
    public void End(HttpContext context, Session session)
    {
        foreach (var (id, until) in ended)
        {
            if (until <= time.GetUtcNow())
            {
                ended.TryRemove(id, out _);
            }
        }

        ended[session.Id] = session.Until;
        context.Response.Cookies.Delete(CookieName, Cookie(context.Request, null));
    }

    private static CookieOptions Cookie(HttpRequest request, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",

        // Not a time of day: the browser's clock may differ from ours.
        MaxAge = lifetime,

        // Behind a proxy that ends TLS the connection to us is plain, and the form's origin tells what the browser sees.
        Secure = request.IsHttps || request.Headers.Origin.ToString().StartsWith("https:", StringComparison.OrdinalIgnoreCase),
    };
}
