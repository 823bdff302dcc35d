using System.Text.Json;
using App.Web.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace App.Web;

/// <summary>Errors: a problem document (RFC 9457) on one line for programs, a page for people.</summary>
internal static class ProblemWriter
{
    private static readonly string[] ForPrograms = ["/api", "/openapi", "/metrics", "/health"];

    /// <summary>Whether a path is asked for by programs.</summary>
    public static bool IsForPrograms(PathString path) => ForPrograms.Any(prefix => path.StartsWithSegments(prefix));

    /// <summary>Writes one.</summary>
    /// <param name="context">The request; nothing of its answer has been sent.</param>
    /// <param name="status">The status code.</param>
    /// <param name="detail">What was found, and what is allowed: one line. Null: the status says it all.</param>
    public static async Task WriteAsync(HttpContext context, int status, string? detail)
    {
        var title = ReasonPhrases.GetReasonPhrase(status);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (!IsForPrograms(context.Request.Path))
        {
            await PageWriter.WriteAsync<ErrorPage>(context, new() { [nameof(ErrorPage.Status)] = status, [nameof(ErrorPage.Title)] = title, [nameof(ErrorPage.Detail)] = detail });
            return;
        }

        context.Response.ContentType = "application/problem+json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", title);
        json.WriteNumber("status", status);
        if (detail is not null)
        {
            json.WriteString("detail", detail);
        }

        json.WriteEndObject();
    }
}
