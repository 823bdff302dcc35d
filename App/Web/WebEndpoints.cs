using App.Metrics;
using App.Web.Api;
using App.Web.Connections;
using App.Web.Dashboard;
using App.Web.Pages;
using App.Web.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace App.Web;

/// <summary>What the service answers over HTTP, and in which order a request is looked at.</summary>
internal static class WebEndpoints
{
    /// <summary>Adds it to the application.</summary>
    public static void MapWeb(this WebApplication application)
    {
        // Counting begins now, not with the first scrape.
        application.Services.GetRequiredService<MetricsReader>();

        application.Use(AnswerHead);
        application.Use(SecurityHeaders.InvokeAsync);
        application.UseMiddleware<ErrorMiddleware>();
        application.UseStatusCodePages(context => ProblemWriter.WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode, null));
        application.UseRouting();
        application.UseRateLimiter();
        application.UseRequestTimeouts();
        application.UseMiddleware<AccessMiddleware>();

        // After access, which reads forms: a body that trickles in is no request yet.
        application.Use(ConnectionLimits.AnswerAsync);
        application.Use(application.Services.GetRequiredService<AnswerGate>().AnswerAsync);

        application.MapGet("/health/live", () => Results.Text("ok\n")).ExcludeFromDescription().DisableRateLimiting();
        application.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
        application.MapGet("/metrics", (MetricsReader metrics) => Results.Text(metrics.Read(), MetricsReader.ContentType)).ExcludeFromDescription();
        application.MapOpenApi("/openapi/{documentName}.json");
        application.MapLogin();
        application.MapApi();
        application.MapPages();
        application.MapJobDashboard();
    }

    /// <summary>HEAD is answered as GET; the server leaves the body out by itself.</summary>
    private static Task AnswerHead(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }

    /// <summary>One word, and behind it the names of the checks that failed: nothing that a stranger could use.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var failed = report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => entry.Key).ToList();
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(failed.Count == 0 ? "ready\n" : $"not ready: {string.Join(", ", failed)}\n");
    }
}
