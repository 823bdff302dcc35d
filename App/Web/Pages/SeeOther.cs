using Microsoft.AspNetCore.Http;

namespace App.Web.Pages;

/// <summary>Leads a browser from a form that did something to a page, so that loading it anew does nothing twice.</summary>
/// <param name="path">The page: a path of ours.</param>
internal sealed class SeeOther(string path) : IResult
{
    /// <summary>Leads to a path of ours.</summary>
    public static SeeOther To(string path) => new(path);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}
