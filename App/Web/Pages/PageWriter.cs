using App.Web.Access;
using App.Web.Serving;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Reports.Weekly;

namespace App.Web.Pages;

/// <summary>Sends a component as a page.</summary>
internal static class PageWriter
{
    /// <summary>Renders and sends it, with the policy of our own pages.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parameters">The component's parameters by name.</param>
    /// <param name="hasForm">Whether it has a form that changes something for who is not logged in.</param>
    public static async Task WriteAsync<TComponent>(HttpContext context, Dictionary<string, object?> parameters, bool hasForm = false)
        where TComponent : IComponent
    {
        var html = await ReportRenderer.RenderAsync<VisitedPage>(new()
        {
            [nameof(VisitedPage.Visitor)] = ViewOf(context, hasForm),
            [nameof(VisitedPage.Page)] = typeof(TComponent),
            [nameof(VisitedPage.Parameters)] = parameters,
        });
        context.Response.Headers.ContentSecurityPolicy = SecurityHeaders.PagePolicy;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(html, context.RequestAborted);
    }

    private static VisitorView ViewOf(HttpContext context, bool hasForm)
    {
        var isLoggedIn = Visitor.Of(context)?.Session is not null;
        var canLogIn = context.RequestServices.GetRequiredService<AccessRules>().HasKey;

        // Making a token sets a cookie, which nobody needs who only reads.
        var tokens = canLogIn && (isLoggedIn || hasForm) ? context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context) : null;
        return new VisitorView(canLogIn, isLoggedIn, context.Request.Path + context.Request.QueryString, tokens?.FormFieldName ?? "", tokens?.RequestToken);
    }
}
