using System.Text.Json;

namespace Collector.Atlas;

/// <summary>One thing that was wrong with a request.</summary>
/// <param name="Where">A JSON pointer (RFC 6901) into the body, or the name of a parameter; empty: the whole request.</param>
/// <param name="Detail">What about it.</param>
public sealed record AtlasProblem(string Where, string Detail);

/// <summary>The body of an error, as far as it could be read.</summary>
/// <param name="Title">Such as <c>Bad Request</c>; null when not said.</param>
/// <param name="Detail">A sentence; null when not said.</param>
/// <param name="Problems">The pieces; may be empty.</param>
public sealed record AtlasError(string? Title, string? Detail, IReadOnlyList<AtlasProblem> Problems)
{
    private const int MaximumProblems = 20;

    /// <summary>Reads <c>{"error":{…}}</c> or the same object bare; both occur. Null for any other body.</summary>
    public static AtlasError? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement;
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("error", out var inner))
            {
                error = inner;
            }

            if (error.ValueKind == JsonValueKind.String)
            {
                return new AtlasError(null, Json.Line(error, MaximumDetail), []);
            }

            if (error.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var title = Json.Line(error, "title", 100);
            var detail = Json.Line(error, "detail", MaximumDetail);
            var problems = Pieces(error);
            return title is null && detail is null && problems.Count == 0 ? null : new AtlasError(title, detail, problems);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads what else servers and proxies say: the first words of a plain text. Null for HTML and for nothing.</summary>
    public static AtlasError? ParseText(ReadOnlySpan<byte> body, string? mediaType)
    {
        if (mediaType is not null && mediaType.Contains("html", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = Json.OneLine(System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 1000)]), 200);
        return text.Length == 0 || text[0] is '<' or '{' or '[' ? null : new AtlasError(null, text, []);
    }

    /// <summary>The detail and the pieces in one line; null when there is neither.</summary>
    public override string? ToString()
    {
        var pieces = Problems.Select(problem => problem.Where.Length == 0 ? problem.Detail : $"{problem.Where}: {problem.Detail}");
        var text = string.Join("; ", new[] { Detail }.OfType<string>().Concat(pieces));
        return text.Length == 0 ? null : Json.OneLine(text, 1000);
    }

    private const int MaximumDetail = 500;

    private static List<AtlasProblem> Pieces(JsonElement error)
    {
        var pieces = new List<AtlasProblem>();
        if (error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
        {
            foreach (var piece in errors.EnumerateArray().Take(MaximumProblems).Where(piece => piece.ValueKind == JsonValueKind.Object))
            {
                var where = piece.TryGetProperty("source", out var source) && source.ValueKind == JsonValueKind.Object
                    ? Json.Line(source, "pointer", 100) ?? Json.Line(source, "parameter", 100)
                    : null;
                if (Json.Line(piece, "detail", MaximumDetail) is { } detail)
                {
                    pieces.Add(new AtlasProblem(where ?? "", detail));
                }
            }
        }

        return pieces;
    }
}
