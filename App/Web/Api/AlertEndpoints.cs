using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analyzer.Time;
using App.Alerts;
using App.Alerts.Rules;
using App.Web.Serving;
using Collector.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Reports.Contracts;
using Reports.Words;

namespace App.Web.Api;

/// <summary>Alerts and silences over HTTP. Reading is open like the rest; making and ending a silence needs the key.</summary>
internal static class AlertEndpoints
{
    private const string KeyText = "Needs the bearer key, on loopback too.";

    // A member that nobody knows is a misspelt one.
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Adds them.</summary>
    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", AlertList)
            .WithName("alerts").WithSummary("What somebody is told of, or was a short while ago: firing ones first, most severe first").Produces<AlertShape[]>();
        api.MapGet("/silences", SilenceList)
            .WithName("silences").WithSummary("What nobody is told of for a time").Produces<SilenceShape[]>();
        api.MapPost("/silences", AddAsync)
            .WithName("add-silence").WithSummary("Silences alerts until a time").WithDescription(KeyText)
            .Accepts<NewSilenceShape>("application/json").Produces<SilenceShape>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        api.MapDelete("/silences/{id}", End)
            .WithName("end-silence").WithSummary("Ends a silence now").WithDescription(KeyText)
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult AlertList(AlertBoard board, [Description("Only in this state: pending, firing or resolved.")] string? state)
    {
        var wanted = Questions.Word(state, nameof(state), [.. Enum.GetNames<AlertState>().Select(name => name.ToLowerInvariant())]);
        return Answers.Of(board.Alerts().Select(alert => Shape(alert, board)).Where(alert => wanted is null || alert.State == wanted));
    }

    private static IResult SilenceList(AlertBoard board) => Answers.Of(board.Silences().Select(silence => Shape(silence, board.Now)));

    private static async Task<IResult> AddAsync(AlertBoard board, HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        var asked = await ReadAsync(request, cancellation);
        var silence = board.Add(asked.Matchers, asked.Start is { } start ? Instant(start, "start") : null, Instant(asked.End, "end"), asked.Comment, asked.Author);
        return Results.Json(Shape(silence, board.Now), Answers.Json, statusCode: StatusCodes.Status201Created);
    }

    private static IResult End(AlertBoard board, [Description("The silence's id.")] string id) =>
        board.End(id) ? Results.NoContent() : throw new NotFoundException($"id is {Quoted.Value(AlertText.Short(id))}; there is no such silence");

    private static async Task<NewSilenceShape> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync<NewSilenceShape>(request.Body, Strict, cancellation) is { Matchers: not null } asked && asked.Matchers.All(matcher => matcher is not null))
            {
                return asked;
            }
        }
        catch (JsonException)
        {
            // Its words are for programmers.
        }

        throw new ConfigurationException(
            "the body is no silence; allowed: {\"matchers\": [\"check=\\\"black-hole\\\"\"], \"end\": Unix seconds}, and start, comment, author if you like");
    }

    private static DateTimeOffset Instant(long seconds, string key) => seconds is >= 0 and <= 32_503_680_000
        ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw new ConfigurationException($"{key} is {seconds}; allowed: Unix seconds");

    private static AlertShape Shape(Alert alert, AlertBoard board) => new()
    {
        Fingerprint = alert.Fingerprint,
        State = alert.State.ToString().ToLowerInvariant(),
        Labels = AlertLabels.Of(alert),
        StartsAt = alert.StartsAt.ToUnixTimeSeconds(),
        EndsAt = alert.EndsAt?.ToUnixTimeSeconds(),
        Message = alert.Message,
        Advice = alert.Advice,
        Observed = alert.Observed is { } observed ? Rounded.Observed(observed) : null,
        Expected = alert.Expected is { } expected ? Rounded.Observed(expected) : null,
        SampleSize = alert.SampleSize,
        Probes = alert.Probes,
        SilencedBy = board.SilencesOf(alert) is { Count: > 0 } silences ? [.. silences.Select(silence => silence.Id)] : null,
    };

    private static SilenceShape Shape(Silence silence, DateTimeOffset now) => new()
    {
        Id = silence.Id,
        State = silence.StateAt(now),
        Matchers = [.. silence.Matchers.Select(matcher => matcher.ToString())],
        Start = silence.Start?.ToUnixTimeSeconds(),
        End = silence.End?.ToUnixTimeSeconds(),
        Comment = silence.Comment.Length > 0 ? silence.Comment : null,
        Author = silence.Author.Length > 0 ? silence.Author : null,
        Configured = silence.IsConfigured,
    };
}
