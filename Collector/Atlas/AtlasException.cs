using System.Globalization;
using System.Net;

namespace Collector.Atlas;

/// <summary>Atlas refused, or could not be reached. The message is one line for the operator, in the server's words where it
/// had some; it never holds the key.</summary>
public class AtlasException : IOException
{
    /// <summary>For what is not an HTTP answer: no connection, a time-out, a body that makes no sense.</summary>
    public AtlasException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>For an answer that is an error.</summary>
    public AtlasException(string message, HttpStatusCode status, AtlasError? error, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
        Title = error?.Title;
        Detail = error?.Detail;
        Problems = error?.Problems ?? [];
    }

    /// <summary>For completeness only.</summary>
    public AtlasException()
    {
    }

    /// <summary>With a message only.</summary>
    public AtlasException(string message)
        : base(message)
    {
    }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Atlas' name of the error, such as <c>Bad Request</c>.</summary>
    public string? Title { get; }

    /// <summary>Atlas' sentence on the error.</summary>
    public string? Detail { get; }

    /// <summary>What in the request was wrong, piece by piece; empty when the server does not say.</summary>
    public IReadOnlyList<AtlasProblem> Problems { get; } = [];

    /// <summary>Whether the same request may succeed later: no answer, 408, 429, 5xx.</summary>
    public bool MayPass => Status is not { } status || RetryRules.MayPass(status);

    internal static AtlasException For(string what, HttpStatusCode status, AtlasError? error, int attempts)
    {
        var words = error?.ToString();
        var tried = attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $" (tried {attempts} times)") : "";
        return new AtlasException(
            string.Create(CultureInfo.InvariantCulture, $"Atlas refused {what}: {(int)status} {error?.Title ?? Name(status)}{(words is null ? "" : ": ")}{words}{tried}"),
            status,
            error);
    }

    private static string Name(HttpStatusCode status) => Enum.IsDefined(status) ? status.ToString() : "unknown status";
}

/// <summary>A creation whose outcome is not known: the request may have reached Atlas, no usable answer came back. Sending it
/// again could create, and pay for, everything twice; look for the measurements by tag first.</summary>
public sealed class AmbiguousCreationException : AtlasException
{
    /// <summary>With the cause.</summary>
    public AmbiguousCreationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With the answer that left it open.</summary>
    public AmbiguousCreationException(string message, HttpStatusCode status, AtlasError? error)
        : base(message, status, error)
    {
    }

    /// <summary>With a message only.</summary>
    public AmbiguousCreationException(string message)
        : base(message)
    {
    }

    /// <summary>For completeness only.</summary>
    public AmbiguousCreationException()
    {
    }
}
