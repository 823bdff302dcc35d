using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;

namespace Reports.Web.Access;

/// <summary>Turns away whom the rules do not let in.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessRules rules)
{
    /// <summary>Decides about one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var decision = rules.Decide(new AccessRequest(
            context.Connection.LocalIpAddress, context.Request.Host.Host, context.Request.Method, context.Request.Path.Value ?? "")
        {
            Authorization = headers.Authorization.Count > 0 ? headers.Authorization.ToString() : null,
            FetchSite = headers["Sec-Fetch-Site"],
            FetchMode = headers["Sec-Fetch-Mode"],
            Origin = headers.Origin,
            OwnOrigin = UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host).TrimEnd('/'),
        });
        switch (decision)
        {
            case AccessDecision.KeyMissing:
                context.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"measurement\"");
                return Refuse(context, StatusCodes.Status401Unauthorized, "the bearer key is missing; allowed: Authorization: Bearer KEY");
            case AccessDecision.KeyWrong:
                context.Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer realm=\"measurement\", error=\"invalid_token\"");
                return Refuse(context, StatusCodes.Status401Unauthorized, "the bearer key is not the one that Web:KeyHash was made from");
            case AccessDecision.NoKeyConfigured:
                return Refuse(context, StatusCodes.Status403Forbidden, "this needs a bearer key, and Web:KeyHash is not set");
            case AccessDecision.WrongHost:
                return Refuse(context, StatusCodes.Status421MisdirectedRequest, "the Host header names somebody else; allowed: localhost, addresses, and the names in Web:AllowedHosts");
            case AccessDecision.CrossSite:
                return Refuse(context, StatusCodes.Status403Forbidden, "pages of other sites may link here, but not read from here");
            default:
                return next(context);
        }
    }

    private static Task Refuse(HttpContext context, int status, string detail) => ProblemWriter.WriteAsync(context, status, detail);
}
