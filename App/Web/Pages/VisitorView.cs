namespace App.Web.Pages;

/// <summary>What a page knows of whom it is shown to.</summary>
/// <param name="CanLogIn">Whether a key is configured, so that there is something to log in with.</param>
/// <param name="IsLoggedIn">Whether the browser is logged in: buttons are shown.</param>
/// <param name="Here">The page's own path and query, to come back to.</param>
/// <param name="Field">The name of the form field for the token.</param>
/// <param name="Token">What shows that a form is ours; null: this page has no form that changes something.</param>
public sealed record VisitorView(bool CanLogIn, bool IsLoggedIn, string Here, string Field, string? Token);
