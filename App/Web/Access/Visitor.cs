using Microsoft.AspNetCore.Http;

namespace App.Web.Access;

/// <summary>Whom the rules have let in, and what they may do. The one place to ask for whoever adds a page or an endpoint.</summary>
/// <remarks>Whatever changes something has been looked at before an endpoint sees it, forged forms included: an endpoint need not ask again.
/// Asking is for what is shown: a button, a list that is for reading only.</remarks>
/// <param name="Session">The login that the request's cookie is of; null: none.</param>
/// <param name="HasKey">Whether it brings the bearer key.</param>
internal sealed record Visitor(Session? Session, bool HasKey)
{
    /// <summary>Who sent a request; null: the rules have not let it in.</summary>
    public static Visitor? Of(HttpContext context) => context.Features.Get<Visitor>();

    /// <summary>Whether the request may see what the service knows.</summary>
    public static bool MayRead(HttpContext context) => Of(context) is not null;

    /// <summary>Whether whoever sent it may change something: by the key, or by the cookie that a browser got for it.</summary>
    public static bool MayChange(HttpContext context) => Of(context) is { } visitor && (visitor.HasKey || visitor.Session is not null);
}
