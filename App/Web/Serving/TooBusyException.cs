namespace App.Web.Serving;

/// <summary>Too much is being asked for at once: 429. Its message is one line: which limit it is.</summary>
/// <param name="message">The line.</param>
/// <param name="wait">When to come again.</param>
internal sealed class TooBusyException(string message, TimeSpan wait) : Exception(message)
{
    /// <summary>When to come again.</summary>
    public TimeSpan Wait { get; } = wait;
}
