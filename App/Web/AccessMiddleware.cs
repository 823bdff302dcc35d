using App.Web.Access;
using App.Web.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;

namespace App.Web;

/// <summary>Turns away whom the rules do not let in, and notes of the others what they may do: see <see cref="Visitor"/>.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessRules rules, Sessions sessions, IAntiforgery forgery)
{
    /// <summary>Decides about one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var authorization = headers.Authorization.Count > 0 ? headers.Authorization.ToString() : null;

        // Who brings a key is judged by the key.
        var session = AccessRules.KeyOf(authorization) is null ? sessions.Of(context.Request) : null;
        var request = new AccessRequest(
            context.Connection.LocalIpAddress, context.Request.Host.Host, context.Request.Method, context.Request.Path.Value ?? "")
        {
            Authorization = authorization,
            HasSession = session is not null,
            FetchSite = headers["Sec-Fetch-Site"],
            FetchMode = headers["Sec-Fetch-Mode"],
            Origin = headers.Origin,
            OwnOrigin = UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host).TrimEnd('/'),
        };
        var decision = rules.Decide(request);
        if (session is not null)
        {
            // The tokens of forms are good for the session alone that they were made in.
            context.User = session.Principal;
        }

        if (decision == AccessDecision.AllowedWithToken)
        {
            decision = await forgery.IsRequestValidAsync(context) ? AccessDecision.Allowed : AccessDecision.ForeignForm;
        }

        switch (decision)
        {
            case AccessDecision.KeyMissing when IsPage(context.Request):
                await LetLogInAsync(context, request);
                return;
            case AccessDecision.KeyMissing:
                context.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"measurement\"");
                await Refuse(context, StatusCodes.Status401Unauthorized, "the bearer key is missing; allowed: Authorization: Bearer KEY, or a browser that is logged in (/login)");
                return;
            case AccessDecision.KeyWrong:
                context.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"measurement\", error=\"invalid_token\"");
                await Refuse(context, StatusCodes.Status401Unauthorized, "the bearer key is not the one that Web:KeyHash was made from");
                return;
            case AccessDecision.NoKeyConfigured:
                await Refuse(context, StatusCodes.Status403Forbidden, "this needs a bearer key, and Web:KeyHash is not set");
                return;
            case AccessDecision.WrongHost:
                await Refuse(context, StatusCodes.Status421MisdirectedRequest, "the Host header names somebody else; allowed: localhost, addresses, and the names in Web:AllowedHosts");
                return;
            case AccessDecision.CrossSite:
                await Refuse(context, StatusCodes.Status403Forbidden, "pages of other sites may link here, but not read from here");
                return;
            case AccessDecision.ForeignForm:
                await Refuse(
                    context,
                    StatusCodes.Status403Forbidden,
                    "this was not sent by a form of ours, or by one of an earlier login; go back, load the page anew and try again (cookies have to be allowed, and behind a reverse proxy Web:PublicUrl has to be its address)");
                return;
            default:
                context.Features.Set(new Visitor(session, AccessRules.KeyOf(authorization) is not null));
                await next(context);
                return;
        }
    }

    private static Task Refuse(HttpContext context, int status, string detail) => ProblemWriter.WriteAsync(context, status, detail);

    private static bool IsPage(HttpRequest request) =>
        request.Method == HttpMethods.Get && !ProblemWriter.IsForPrograms(request.Path) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static async Task LetLogInAsync(HttpContext context, AccessRequest request)
    {
        var here = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
        context.Response.Headers.CacheControl = "no-store";
        if (request.FetchSite is "cross-site" or "same-site")
        {
            // Who follows a link in a message comes without the cookie, which is sent from our own pages only: so be it one of ours that asks again.
            await PageWriter.WriteAsync<ArrivalPage>(context, new() { [nameof(ArrivalPage.To)] = here });
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = $"{AccessRules.LoginPath}?to={Uri.EscapeDataString(here)}";
    }
}
