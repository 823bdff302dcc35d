using Microsoft.AspNetCore.Http;

namespace App.Web.Serving;

/// <summary>The headers that every answer carries.</summary>
internal static class SecurityHeaders
{
    /// <summary>For our own pages: style sheet, script and pictures from here, nothing from elsewhere, nothing inline.</summary>
    public const string PagePolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For what is no page.</summary>
    public const string DataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    /// <summary>Sets them; an endpoint that serves pages puts its own policy in place.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = DataPolicy;
        headers.XContentTypeOptions = "nosniff";

        // Under no-referrer a browser would hide from us, too, which page a form is of.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        return next(context);
    }
}
