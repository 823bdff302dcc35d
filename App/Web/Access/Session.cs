using System.Security.Claims;

namespace App.Web.Access;

/// <summary>One login of a browser.</summary>
/// <param name="Id">Its name: 16 random bytes in hexadecimal.</param>
/// <param name="Until">When it is over.</param>
internal sealed record Session(string Id, DateTimeOffset Until)
{
    /// <summary>For the framework, which makes the tokens of forms for one user.</summary>
    public ClaimsPrincipal Principal => new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, Id)], "measurement"));
}
