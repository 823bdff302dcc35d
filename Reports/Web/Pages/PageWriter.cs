using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Reports.Weekly;

namespace Reports.Web.Pages;

/// <summary>Sends a component as a page.</summary>
internal static class PageWriter
{
    /// <summary>Renders and sends it, with the policy of our own pages.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parameters">The component's parameters by name.</param>
    public static async Task WriteAsync<TComponent>(HttpContext context, Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        var html = await ReportRenderer.RenderAsync<TComponent>(parameters);
        context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.PagePolicy;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }
}
