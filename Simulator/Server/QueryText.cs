using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Simulator.Server;

/// <summary>Filters, order and pages that all of Atlas' lists have in common. Unknown parameters are ignored, as there.</summary>
internal static class QueryText
{
    /// <summary>The value of a parameter; null when it is not there.</summary>
    public static string? Text(HttpRequest request, string name) => request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The members of a comma-separated parameter; null when it is not there.</summary>
    public static string[]? List(HttpRequest request, string name) =>
        Text(request, name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A whole number.</summary>
    public static long? Number(HttpRequest request, string name) => Text(request, name) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw ApiProblem.Parameter(name, "Enter a whole number.");

    /// <summary>A time: Unix seconds, or ISO 8601.</summary>
    public static long? Time(HttpRequest request, string name) => Text(request, name) is not { Length: > 0 } text ? null
        : ParseTime(text) ?? throw ApiProblem.Parameter(name, "Enter a valid date/time.");

    /// <summary>True or false, in the spellings that Atlas takes.</summary>
    public static bool? Flag(HttpRequest request, string name) => Text(request, name)?.ToLowerInvariant() switch
    {
        null or "" => null,
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw ApiProblem.Parameter(name, "Enter true or false."),
    };

    public static long? ParseTime(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) && Math.Abs(seconds) < 1e11 ? (long)seconds
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;

    /// <summary>Whether a number passes <c>name</c>, <c>name__in</c>, <c>name__gt</c>, <c>__gte</c>, <c>__lt</c> and <c>__lte</c>.</summary>
    public static bool Passes(HttpRequest request, string name, double? value) =>
        request.Query.Keys.Where(key => key == name || key.StartsWith(name + "__", StringComparison.Ordinal)).All(key =>
        {
            if (key.EndsWith("__in", StringComparison.Ordinal))
            {
                return value is not null && List(request, key)!.Any(text => Parse(key, text) == value);
            }

            var bound = Parse(key, Text(request, key)!);
            return key[name.Length..] switch
            {
                "" => value == bound,
                "__gt" => value > bound,
                "__gte" => value >= bound,
                "__lt" => value < bound,
                "__lte" => value <= bound,
                _ => true,
            };
        });

    /// <summary>Whether a text passes <c>name</c>, <c>name__in</c>, <c>name__contains</c>, <c>__startswith</c> and <c>__endswith</c>.</summary>
    public static bool Passes(HttpRequest request, string name, string? value) =>
        (Text(request, name) is not { } exact || string.Equals(value, exact, StringComparison.OrdinalIgnoreCase))
        && (List(request, name + "__in") is not { } list || list.Contains(value, StringComparer.OrdinalIgnoreCase))
        && (Text(request, name + "__contains") is not { } part || value?.Contains(part, StringComparison.Ordinal) == true)
        && (Text(request, name + "__startswith") is not { } start || value?.StartsWith(start, StringComparison.Ordinal) == true)
        && (Text(request, name + "__endswith") is not { } end || value?.EndsWith(end, StringComparison.Ordinal) == true);

    /// <summary>How many objects a page may hold: 100 unless told, at most 500, 0 for the envelope alone.</summary>
    public static int PageSize(HttpRequest request) => Number(request, "page_size") switch
    {
        null => 100,
        < 0 => throw ApiProblem.Parameter("page_size", "Enter a whole number of at least 0."),
        var size => (int)Math.Min(size.Value, 500),
    };

    /// <summary>The address of the same request with other parameters.</summary>
    public static string Address(Uri baseUrl, HttpRequest request, string name, string? value)
    {
        var path = request.Path.Value!["/api/v2/".Length..];
        var parts = request.Query.Where(pair => pair.Key != name).SelectMany(pair => pair.Value.Select(text => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(text ?? "")}"));
        var query = string.Join('&', value is null ? parts : parts.Append($"{name}={Uri.EscapeDataString(value)}"));
        return new Uri(baseUrl, path).ToString() + (query.Length > 0 ? "?" + query : "");
    }

    /// <summary>An object with only the members that <c>fields</c> names.</summary>
    public static JsonObject Chosen(JsonObject item, HttpRequest request)
    {
        if (List(request, "fields") is { } fields)
        {
            foreach (var name in item.Select(pair => pair.Key).Where(name => !fields.Contains(name)).ToList())
            {
                item.Remove(name);
            }
        }

        return item;
    }

    private static double Parse(string name, string text) => ParseNumber(text) ?? throw ApiProblem.Parameter(name, "Enter a number.");

    private static double? ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : ParseTime(text);
}
