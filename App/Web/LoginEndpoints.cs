using System.Globalization;
using App.Web.Access;
using App.Web.Pages;
using Collector.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace App.Web;

/// <summary>Where a browser logs in with the key, and out again.</summary>
internal static partial class LoginEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet(AccessRules.LoginPath, ShowAsync);
        pages.MapPost(AccessRules.LoginPath, LogInAsync);
        pages.MapPost("/logout", LogOut);
    }

    /// <summary>Where to go after the login: a path of ours and nothing else.</summary>
    internal static string Destination(string? to) =>
        to is ['/', not ('/' or '\\'), ..] && !to.Any(char.IsControl) && Uri.TryCreate(to, UriKind.Relative, out _) ? to : "/";

    private static Task ShowAsync(HttpContext context, string? to)
    {
        if (context.Request.Query.ContainsKey("key"))
        {
            throw new ConfigurationException("key stands in the address, which browsers, proxies and logs keep; allowed: in the form. Make a new key");
        }

        return PageAsync(context, Destination(to), null);
    }

    private static async Task LogInAsync(HttpContext context, AccessRules rules, Sessions sessions, LoginTries tries, WebOptions options, ILoggerFactory logging)
    {
        var logger = logging.CreateLogger("App.Web.Access.Login");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var to = Destination(form["to"]);
        var client = Client.Of(context.Connection.RemoteIpAddress);
        if (tries.Begin(client) is { } wait)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await PageAsync(context, to, string.Create(
                CultureInfo.InvariantCulture, $"Too many wrong keys from your address: {options.LoginTries} are allowed (Web:LoginTries). Try again in {(seconds > 90 ? $"{(seconds + 59) / 60} minutes" : $"{seconds} seconds")}."));
            return;
        }

        if (!rules.IsKey(form["key"].ToString().Trim()))
        {
            WrongKey(logger, context.Connection.RemoteIpAddress?.ToString() ?? "");
            context.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"measurement\", error=\"invalid_token\"");
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await PageAsync(context, to, "That is not the key that Web:KeyHash was made from.");
            return;
        }

        tries.Forget(client);
        var session = sessions.Begin(context);
        LoggedIn(logger, context.Connection.RemoteIpAddress?.ToString() ?? "", session.Until);
        await SeeOther.To(to).ExecuteAsync(context);
    }

    private static SeeOther LogOut(HttpContext context, Sessions sessions)
    {
        // With the key and without a login there is nothing to end.
        if (Visitor.Of(context)?.Session is { } session)
        {
            sessions.End(context, session);
        }

        return SeeOther.To(AccessRules.LoginPath);
    }

    private static Task PageAsync(HttpContext context, string to, string? problem) =>
        PageWriter.WriteAsync<LoginPage>(context, new() { [nameof(LoginPage.To)] = to, [nameof(LoginPage.Problem)] = problem }, hasForm: true);

    [LoggerMessage(LogLevel.Warning, "A wrong key was tried at the login page from {Client}")]
    private static partial void WrongKey(ILogger logger, string client);

    [LoggerMessage(LogLevel.Information, "A browser at {Client} logged in until {Until:yyyy-MM-dd HH:mm} UTC")]
    private static partial void LoggedIn(ILogger logger, string client, DateTimeOffset until);
}
