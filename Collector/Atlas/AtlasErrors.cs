using System.Globalization;
using Polly.Timeout;
using Refit;

namespace Collector.Atlas;

/// <summary>Makes an <see cref="AtlasException"/> of whatever is no usable answer.</summary>
/// <param name="key">The key, which is kept out of messages; null: none.</param>
internal sealed class AtlasErrors(string? key)
{
    /// <summary>What makes the generated client throw nothing of its own.</summary>
    public RefitSettings Settings => new()
    {
        ExceptionFactory = response => ValueTask.FromResult<Exception?>(response.IsSuccessStatusCode ? null : Refusal(response)),
        DeserializationExceptionFactory = static (response, _) =>
            ValueTask.FromResult<Exception?>(Strange(response.RequestMessage!.RequestUri!, "something that is not one JSON value")),
        TransportExceptionFactory = static (request, problem, _) => problem is HttpRequestException or TimeoutRejectedException or NotJsonException
            || (problem is IOException && problem is not AtlasException)
                ? Unreachable(request, problem)
                : problem,
    };

    /// <summary>An answer to a request for something else than what was asked for.</summary>
    public static AtlasException Strange(Uri address, string what) => new($"the answer to GET {address.GetLeftPart(UriPartial.Path)} holds {what}");

    /// <summary>Hands a success on.</summary>
    /// <exception cref="AtlasException">It is none.</exception>
    public HttpResponseMessage Check(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw Refusal(response);
        }
    }

    private static bool IsCreation(HttpRequestMessage request) => request.Options.TryGetValue(AtlasHandler.Kind, out var kind) && kind == RequestKind.Creation;

    private static AtlasException Unreachable(HttpRequestMessage request, Exception problem)
    {
        request.Options.TryGetValue(AtlasHandler.Attempts, out var attempts);
        var tried = attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $" (tried {attempts} times)") : "";
        var message = $"{AtlasAddress.Describe(request)} failed: {AtlasAddress.Explain(problem)}{tried}";
        return IsCreation(request) && !RetryRules.NeverSent(problem)
            ? new AmbiguousCreationException($"{message}; the measurements may exist all the same", problem)
            : new AtlasException(message, problem);
    }

    private AtlasException Refusal(HttpResponseMessage response)
    {
        var request = response.RequestMessage!;
        var body = BufferedContent.Of(response) ?? default;
        var atlas = AtlasError.Parse(body);
        var error = Redact(atlas ?? AtlasError.ParseText(body.Span, response.Content.Headers.ContentType?.MediaType));
        var status = response.StatusCode;
        request.Options.TryGetValue(AtlasHandler.Attempts, out var attempts);
        var refusal = AtlasException.For(AtlasAddress.Describe(request), status, error, attempts);
        return IsCreation(request) && RetryRules.MayPass(status) && !RetryRules.NothingCreated(status, atlas is not null || response.Headers.RetryAfter is not null)
            ? new AmbiguousCreationException($"{refusal.Message}; the measurements may exist all the same", status, error)
            : refusal;
    }

    /// <summary>A server that repeats the key in its error must not bring it into a log.</summary>
    private AtlasError? Redact(AtlasError? error)
    {
        if (error is null || key is null)
        {
            return error;
        }

        return new AtlasError(Clean(error.Title), Clean(error.Detail), [.. error.Problems.Select(problem => new AtlasProblem(Clean(problem.Where)!, Clean(problem.Detail)!))]);

        string? Clean(string? text) => text?.Replace(key, "(key)", StringComparison.OrdinalIgnoreCase);
    }
}
