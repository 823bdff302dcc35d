using App.Jobs;
using App.Web.Access;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace App.Web.Dashboard;

/// <summary>Hangfire's dashboard at <c>/hangfire</c>: turns, runs and their history. Who may read or start something is decided as for every
/// other page, before the dashboard sees the request and once more in it.</summary>
internal static class JobDashboard
{
    /// <summary>Where it is.</summary>
    public const string Path = "/hangfire";

    // The library that draws its diagram puts one style sheet into the page, always the same, which the digest is of; labels and cards have
    // their colours in attributes. Neither lets anybody's script in.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='; style-src-attr 'unsafe-inline'; "
        + "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Adds it; nothing where no jobs are scheduled.</summary>
    public static void MapJobDashboard(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<HangfireStorage>() is not { } hangfire)
        {
            return;
        }

        var options = new DashboardOptions
        {
            AppPath = "/jobs",
            DashboardTitle = "Measurement jobs",
            DisplayStorageConnectionString = false,
            FaviconPath = "/favicon.ico",
            StatsPollingInterval = 5000,
            ServerPossiblyAbortedThreshold = TimeSpan.FromSeconds(20),
            Authorization = [new Readers()],
            IsReadOnlyFunc = context => !Visitor.MayChange(context.GetHttpContext()),
        };
        routes.Map(Path + "/{**path}", context => AnswerAsync(context, hangfire, options)).ExcludeFromDescription();
    }

    private static async Task AnswerAsync(HttpContext context, HangfireStorage hangfire, DashboardOptions options)
    {
        if (!hangfire.IsOpen)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Request.Path.StartsWithSegments(Path, out var rest);
        context.Request.PathBase = Path;
        context.Request.Path = rest.HasValue ? rest : "/";
        await new AspNetCoreDashboardMiddleware(_ => Task.CompletedTask, hangfire.Storage, options, DashboardRoutes.Routes, finalizeWhenNotFound: true).Invoke(context);
    }

    private sealed class Readers : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => Visitor.MayRead(context.GetHttpContext());
    }
}
