using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.Configuration;

namespace App.Series.Influx;

/// <summary>What an answer to a write means for the points that were sent.</summary>
internal abstract record WriteAnswer
{
    private WriteAnswer()
    {
    }

    /// <summary>Done with: kept, but for those that were refused for what they are, which no repetition changes.</summary>
    /// <param name="Refused">Refused points by reason.</param>
    /// <param name="Example">One of them in the server's words; null: none.</param>
    public sealed record Done(IReadOnlyDictionary<string, long> Refused, string? Example) : WriteAnswer;

    /// <summary>Nothing was kept because of some of the points, and the answer does not say which: send them in halves.</summary>
    /// <param name="Reason">Why, for a point that stands alone.</param>
    /// <param name="Example">In the server's words.</param>
    public sealed record Halve(string Reason, string Example) : WriteAnswer;

    /// <summary>The server's trouble: send again later.</summary>
    /// <param name="Problem">Which, in one line.</param>
    /// <param name="After">When, if the server says so.</param>
    public sealed record Later(string Problem, TimeSpan? After) : WriteAnswer;

    /// <summary>Nobody but an operator can help: wrong token, no such database. Send again now and then.</summary>
    /// <param name="Problem">What, in one line.</param>
    /// <param name="IsMissing">Whether the database is missing, which we may create.</param>
    public sealed record Misconfigured(string Problem, bool IsMissing) : WriteAnswer;
}

/// <summary>Tells the answers to a write apart.</summary>
/// <remarks>
/// Statuses alone do not: InfluxDB 1.x answers 400 when lines do not parse, and keeps the others; 400 when a field's type does not fit; and 400
/// when its disk is full. 2.x answers 400 when lines do not parse, and keeps nothing.
/// </remarks>
internal static partial class WriteAnswers
{
    /// <summary>The reasons for which points are refused.</summary>
    public const string Malformed = "malformed", TypeConflict = "field-type", Expired = "beyond-retention", TooLarge = "too-large", Other = "other";

    private static readonly WriteAnswer.Done Everything = new(new Dictionary<string, long>(), null);

    /// <summary>What an answer means.</summary>
    /// <param name="dialect">Who speaks.</param>
    /// <param name="status">Its status.</param>
    /// <param name="body">The first kilobytes of its body.</param>
    /// <param name="points">How many points were sent.</param>
    /// <param name="retryAfter">The server's wish; null: none.</param>
    public static WriteAnswer Read(InfluxDialect dialect, HttpStatusCode status, string body, int points, TimeSpan? retryAfter = null)
    {
        var code = (int)status;
        var words = Words(body);
        return code switch
        {

            // A page instead of nothing is somebody else's: counted as written, its points would be lost.
            204 => Everything,
            >= 200 and < 300 when body.Length == 0 => Everything,
            400 or 422 => Refusal(dialect, body, words, points, retryAfter),
            413 => new WriteAnswer.Halve(TooLarge, Line(status, words)),
            401 => new WriteAnswer.Misconfigured($"the credentials are not accepted ({Line(status, words)})", IsMissing: false),
            403 => new WriteAnswer.Misconfigured($"the credentials do not allow to write ({Line(status, words)})", IsMissing: false),
            404 => new WriteAnswer.Misconfigured($"no such database ({Line(status, words)})", IsMissing: true),
            500 when words.Contains("retention policy not found", StringComparison.OrdinalIgnoreCase) =>
                new WriteAnswer.Misconfigured($"no such retention policy ({Line(status, words)})", IsMissing: true),
            408 or 429 or >= 500 => new WriteAnswer.Later(Line(status, words), retryAfter),
            _ => new WriteAnswer.Misconfigured($"not what InfluxDB answers ({Line(status, words)}); is TimeSeries:Url right?", IsMissing: false),
        };
    }

    private static WriteAnswer Refusal(InfluxDialect dialect, string body, string words, int points, TimeSpan? retryAfter)
    {
        if (dialect == InfluxDialect.V3 && BadLines(body) is ( > 0 and var bad, var first))
        {
            return Refused(Malformed, Math.Min(bad, points), first ?? words);
        }

        var at = words.IndexOf("partial write", StringComparison.Ordinal);
        var reason = ReasonOf(at < 0 ? words : words[at..]);
        if (at >= 0)
        {
            // Whatever else stands behind these words is the server's trouble: no space left on device, a shard that cannot be opened.
            return reason is null
                ? new WriteAnswer.Later(Shortened(words), retryAfter)
                : Refused(reason, Math.Clamp(Unparsable().Count(words) + Dropped(words), 1, points), words);
        }

        // 1.x says "partial write" when anything was kept; without it, nothing could be read, and each line would be refused alone too.
        return reason is null ? new WriteAnswer.Later(Shortened(words), retryAfter)
            : dialect == InfluxDialect.V1 ? Refused(reason, points, words)
            : new WriteAnswer.Halve(reason, Shortened(words));
    }

    private static WriteAnswer.Done Refused(string reason, long points, string words) => new(new Dictionary<string, long> { [reason] = points }, Shortened(words));

    private static string? ReasonOf(string words)
    {
        bool Has(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);

        return Has("no space left") ? null
            : Has("field type conflict") ? TypeConflict
            : Has("beyond retention policy") || Has("outside retention policy") ? Expired
            : Has("unable to parse") || Has("parsing error") || Has("invalid tag key") || Has("partial write of line protocol") ? Malformed
            : Has("max key length") || Has("max-values-per-tag") || Has("max-series-per-database") || Has("invalid field") || Has("invalid tag") ? Other
            : null;
    }

    /// <summary>The lines that InfluxDB 3 lists, and what is wrong with the first; (0, null): it lists none.</summary>
    private static (int Lines, string? First) BadLines(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
                && data.GetArrayLength() > 0)
            {
                var first = data[0];
                return (data.GetArrayLength(), $"{Text(first, "error_message")}: {Text(first, "original_line")}");
            }
        }
        catch (JsonException)
        {
            // A body that was cut: count what is there.
            var lines = OriginalLine().Count(body);
            return (lines, lines > 0 ? body : null);
        }

        return (0, null);
    }

    /// <summary>The message of an error body, else the body.</summary>
    private static string Words(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return Text(document.RootElement, "error") ?? Text(document.RootElement, "message") ?? body;
            }
        }
        catch (JsonException)
        {
            // Not an error of InfluxDB, or a long one that was cut.
        }

        return body;
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Dropped(string words) =>
        DroppedPoints().Match(words) is { Success: true } match && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var dropped)
            ? dropped
            : 0;

    private static string Line(HttpStatusCode status, string words) =>
        words.Length == 0 ? $"status {(int)status}" : $"{(int)status}: {Shortened(words)}";

    /// <summary>One line that fits into a log: what the server quotes may be anybody's.</summary>
    private static string Shortened(string words)
    {
        var line = new string([.. words.Take(400).Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return line.Length < 300 ? line : line[..300] + "…";
    }

    [GeneratedRegex("unable to parse", RegexOptions.CultureInvariant)]
    private static partial Regex Unparsable();

    [GeneratedRegex("dropped=([0-9]{1,9})", RegexOptions.CultureInvariant)]
    private static partial Regex DroppedPoints();

    [GeneratedRegex("\"original_line\"", RegexOptions.CultureInvariant)]
    private static partial Regex OriginalLine();
}
