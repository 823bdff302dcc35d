using System.ComponentModel;
using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Lookups;
using Analyzer.Time;
using App.Jobs;
using App.Queries;
using App.Web.Serving;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Reports.Catchments;
using Reports.Changes;
using Reports.Contracts;
using Reports.Findings;
using Reports.Lookups;
using Reports.Places;

namespace App.Web.Api;

/// <summary>The HTTP API. What is asked is read by <see cref="Questions"/>; answers are those of the commands.</summary>
internal static class ApiEndpoints
{
    /// <summary>The header that says where a series is from.</summary>
    public const string SeriesSource = "Series-Source";

    private const string TargetText = "A target of the configuration, or a-root to m-root.";
    private const string WeekText = "ISO week, such as 2026-W46 (UTC). Without week and since: the last day of which there are results.";
    private const string SinceText = "Start instead of a week: ISO 8601, or back from now (-24h, -7d).";
    private const string UntilText = "End of what since begins; default: now.";

    /// <summary>Adds them.</summary>
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1")
            .AddEndpointFilterFactory(KnownParameters.Filter)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        api.MapGet("/targets", Targets)
            .WithName("targets").WithSummary("The services that are watched, and what measures them").Produces<TargetShape[]>();
        api.MapGet("/pops", Pops)
            .WithName("pops").WithSummary("The sites that announce them").Produces<PopShape[]>();
        api.MapGet("/probes", Probes)
            .WithName("probes").WithSummary("The vantage points, where they are and who says so, ascending by id").Produces<ProbesShape>();
        api.MapGet("/catchments", CatchmentAsync)
            .WithName("catchments").WithSummary("Which probes, networks and countries reach which PoP, how fast, and what changed")
            .WithDescription("The JSON of `measurement catchment --format json`. What is unknown is absent, never 0.")
            .Produces<CatchmentShape>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/lookup", LookupAsync)
            .WithName("lookup").WithSummary("Which PoP serves a network, country, prefix, address, city or probe, since when, and how far out of the way")
            .WithDescription("With `target` one object, without it an array with one a target.")
            .Produces<LookupShape>().ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OneOrMany);
        api.MapGet("/findings", FindingListAsync)
            .WithName("findings").WithSummary("What the checks noticed: most severe first").Produces<FindingShape[]>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/series", SeriesAsync)
            .WithName("series").WithSummary("Probes, shares and round-trip times of the PoPs over time, by hour or day").Produces<SeriesShape>()
            .WithDescription($"The header `{SeriesSource}` says where the answer is from: `{SeriesReader.Database}`, `{SeriesReader.Store}` or both.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/modes", ModesAsync)
            .WithName("modes").WithSummary("Whether the routing is new, as before, or has been seen before: days and weeks, their similarities and modes")
            .WithDescription("Reads what nobody has read before for some seconds; where that was not enough, `complete` is false, and another question goes on.")
            .Produces<RoutingReport>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/annotations", AnnotationListAsync)
            .WithName("annotations").WithSummary("What became of the operator's own changes: before against after, with a verdict")
            .WithDescription("The JSON of `measurement annotations --format json`. What is unknown is absent, never 0.")
            .Produces<AnnotationReport[]>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/jobs", JobsAsync)
            .WithName("jobs").WithSummary("What the jobs are doing: one a job, behind `collect` one a measurement").Produces<JobShape[]>();
        api.MapPost("/jobs/{name}/run", RunAsync)
            .WithName("run-job").WithSummary("Starts a job now; one that runs already is not started twice").WithDescription("Needs the bearer key, on loopback too.")
            .Produces<JobStartedShape>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapAlerts();
    }

    /// <summary>An answer that is one object or an array of them.</summary>
    private static Task OneOrMany(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var content = operation.Responses!["200"].Content!["application/json"];
        content.Schema = new OpenApiSchema { OneOf = [content.Schema!, new OpenApiSchema { Type = JsonSchemaType.Array, Items = content.Schema }] };
        return Task.CompletedTask;
    }

    private static IResult Targets(AnycastNetwork network, IObservationStore store)
    {
        var measurements = store.Measurements().ToLookup(measurement => measurement.Target);
        return Answers.Of(network.Targets.Select(target => new TargetShape
        {
            Name = target.Name,
            Ipv4 = target.IPv4?.ToString(),
            Ipv6 = target.IPv6?.ToString(),
            Identity = target.Identity,
            DnsIntervalSeconds = target.DnsInterval.TotalSeconds,
            PingIntervalSeconds = target.PingInterval.TotalSeconds,
            GreenBelowMs = target.GreenBelowMs,
            Pops = [.. target.Pops.Select(pop => pop.Code)],
            Preset = target.Preset,
            Measurements =
            [
                .. measurements[target.Name].Select(measurement => new MeasurementShape
                {
                    Id = measurement.Id,
                    Kind = measurement.Kind.ToString().ToLowerInvariant(),
                    Family = measurement.Family,
                    Query = measurement.Query,
                    IntervalSeconds = measurement.IntervalSeconds,
                    Followed = measurement.IsFollowed,
                    FetchedUntil = store.Watermark(measurement.Id),
                }),
            ],
        }));
    }

    private static IResult Pops(AnycastNetwork network) => Answers.Of(
        network.Pops.Concat(network.Targets.SelectMany(target => target.Pops)).DistinctBy(pop => pop.Code, StringComparer.OrdinalIgnoreCase).Select(pop => new PopShape
        {
            Code = pop.Code,
            City = pop.City,
            Country = pop.Country,
            Latitude = pop.Position.LatitudeDegrees,
            Longitude = pop.Position.LongitudeDegrees,
            Audience = pop.Audience,
            Since = pop.Since?.ToUnixTimeSeconds(),
            Until = pop.Until?.ToUnixTimeSeconds(),
            Targets = [.. network.Targets.Where(target => target.Pops.Any(other => other.Code == pop.Code)).Select(target => target.Name)],
        }));

    private static IResult Probes(
        Questions questions,
        IObservationStore store,
        [Description("Only of this country: NL.")] string? country,
        [Description("Only of this network, in either family: AS64500.")] string? asn,
        [Description("true: only those that Atlas and the GeoIP database place in different countries, or far from each other.")] string? disagree,
        [Description("Only with a greater id: the next of the answer before.")] string? after,
        [Description("At most so many, 1 to 10000; default 1000.")] string? limit)
    {
        var wanted = country is null ? null
            : Collector.Geography.Countries.Find(country)?.Alpha2 ?? throw new ConfigurationException($"country is {Quoted.Value(country)}; allowed: a two-letter country code such as NL");
        var network = asn is null ? null
            : LookupQuery.Parse(asn, "asn") as LookupQuery.Network ?? throw new ConfigurationException($"asn is {Quoted.Value(asn)}; allowed: an AS such as AS64500");
        var most = Questions.Number(limit, "limit", 1, 10_000, 1000);
        var last = Questions.Number(after, "after", 0, int.MaxValue, 0);
        var isDoubted = Questions.Word(disagree, nameof(disagree), ["true", "false"]) is { } word ? word == "true" : (bool?)null;
        var found = store.Probes(questions.Now).Values
            .Where(probe => isDoubted is null || isDoubted == probe.Placing?.Disagreement is not null)
            .Where(probe => (wanted is null || probe.Country == wanted) && (network is null || probe.AsnV4 == network.Number || probe.AsnV6 == network.Number))
            .OrderBy(probe => probe.Id)
            .ToList();
        var rest = found.Where(probe => probe.Id > last).ToList();
        var page = rest.Take(most).ToList();
        return Answers.Of(new ProbesShape
        {
            Total = found.Count,
            Probes =
            [
                .. page.Select(probe => new ProbeShape
                {
                    Id = probe.Id,
                    Country = probe.Country,
                    AsnV4 = probe.AsnV4,
                    AsnV6 = probe.AsnV6,
                    PrefixV4 = probe.PrefixV4,
                    PrefixV6 = probe.PrefixV6,
                    Latitude = probe.Position?.LatitudeDegrees,
                    Longitude = probe.Position?.LongitudeDegrees,
                    PlaceFrom = PlacesText.NameOf(probe.PositionFrom),
                    CountryFrom = PlacesText.NameOf(probe.CountryFrom),
                    AsnV4From = PlacesText.NameOf(probe.AsnFrom(4)),
                    AsnV6From = PlacesText.NameOf(probe.AsnFrom(6)),
                    AsNameV4 = probe.AsName(4),
                    AsNameV6 = probe.AsName(6),
                    City = probe.Placing?.City,
                    Disagreement = probe.Placing?.Disagreement is { } doubt ? DisagreementReport.Of(doubt) : null,
                    Status = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(probe.Status.ToString()),
                    Anchor = probe.IsAnchor,
                    Tags = probe.Tags,
                }),
            ],
            Next = page.Count < rest.Count ? page[^1].Id : null,
        });
    }

    private static async Task<IResult> CatchmentAsync(
        Questions questions,
        AnycastNetwork network,
        IObservationStore store,
        AnswerCache cache,
        [Description(TargetText)] string? target,
        [Description("4 or 6; default: the target's, when it has one only.")] string? family,
        [Description(WeekText)] string? week,
        [Description(SinceText)] string? since,
        [Description(UntilText)] string? until,
        [Description("What the rows stand for: pop (default), server, country, continent, asn or probe.")] string? by,
        [Description("Another ISO week, to compare with on the probes that both have.")] string? compare,
        CancellationToken cancellation)
    {
        var found = questions.Target(target);
        var window = questions.Window(week, since, until, [found]);
        var request = CatchmentRequest.Parse(network, found.Name, family, window, by, compare);
        return Answers.Of(await cache.GetAsync(
            $"catchments {request.Target.Name} {request.Family} {window} {request.By} {request.Compare}",
            window.To <= questions.Now,
            () => Answers.Bytes(json =>
            {
                var (table, comparison) = request.Answer(new CatchmentReader(store, network.IdentityTemplates, cancellation));
                CatchmentJson.Write(json, table, comparison);
            }),
            cancellation));
    }

    private static async Task<IResult> LookupAsync(
        Questions questions,
        Present present,
        [Description("AS64500, NL, 192.0.2.0/24, 2001:db8::/32, an address, probe:123, or a city (Paris; Paris, US).")] string? q,
        [Description(TargetText + " Default: all of the configuration, as an array.")] string? target,
        CancellationToken cancellation)
    {
        var query = LookupQuery.Parse(q ?? "", nameof(q));
        var answers = await present.LookUpAsync(q!, query, questions.Targets(target), cancellation);
        return Answers.Of(Answers.Bytes(json =>
        {
            if (target is not null)
            {
                LookupJson.Write(json, answers[0]);
                return;
            }

            json.WriteStartArray();
            foreach (var answer in answers)
            {
                LookupJson.Write(json, answer);
            }

            json.WriteEndArray();
        }));
    }

    private static async Task<IResult> FindingListAsync(
        Questions questions,
        Present present,
        AnycastNetwork network,
        AnswerCache cache,
        [Description(WeekText)] string? week,
        [Description(SinceText)] string? since,
        [Description(UntilText)] string? until,
        [Description("Only of this check, such as black-hole.")] string? check,
        [Description(TargetText + " Default: all of the configuration.")] string? target,
        CancellationToken cancellation)
    {
        var name = Questions.Word(check, nameof(check), CheckSuite.Names);
        var only = target is null ? null : questions.Target(target);
        byte[] Written(IEnumerable<Finding> findings) => Answers.Bytes(json => FindingJson.Write(
            json, findings.Where(finding => (name is null || finding.Check == name) && (only is null || finding.Target is null || finding.Target == only.Name))));
        if (week is null && since is null && until is null)
        {
            return Answers.Of(Written((await present.ReadAsync(cancellation)).Findings));
        }

        // All targets are read, whichever is asked for: each is a control for the others.
        var window = questions.Window(week, since, until, network.Targets);
        return Answers.Of(await cache.GetAsync(
            $"findings {window} {name} {only?.Name}",
            window.To <= questions.Now,
            () => Written(present.FindingsOf(window, cancellation)),
            cancellation));
    }

    private static async Task<IResult> SeriesAsync(
        HttpResponse response,
        Questions questions,
        AnycastNetwork network,
        IObservationStore store,
        SeriesReader series,
        CostlyWork work,
        [Description(TargetText)] string? target,
        [Description("4 or 6; default: the target's, when it has one only.")] string? family,
        [Description("Only this PoP's code; default: all.")] string? pop,
        [Description("Start: ISO 8601, or back from now (-24h, -7d); default: seven days before to.")] string? from,
        [Description("End, the same; default: the end of the results.")] string? to,
        [Description("hour or day, in UTC; at most 168 of them. Default: hour up to two days, else day.")] string? step,
        CancellationToken cancellation)
    {
        var found = questions.Target(target);
        var end = to is null ? LatestWindow.Of(store, [found], questions.Now).To : Window.ParseInstant(to, nameof(to), questions.Now);
        var start = from is null ? end.AddDays(-7) : Window.ParseInstant(from, nameof(from), questions.Now);
        if (start >= end)
        {
            throw new ConfigurationException($"from is {Quoted.Value(from ?? "")}; allowed: before {(to is null ? "the end of the results" : $"to, {Quoted.Value(to)}")}");
        }

        var window = questions.Bounded(new Window(start, end), nameof(from));
        var code = Questions.Word(pop, nameof(pop), [.. found.Pops.Select(one => one.Code)]);
        var name = Questions.Word(step, nameof(step), ["hour", "day"]) ?? (window.Length <= TimeSpan.FromDays(2) ? "hour" : "day");
        var request = CatchmentRequest.Parse(network, found.Name, family, window, by: null, compare: null);
        var (shape, sources) = await work.DoAsync(() => series.ReadAsync(found, request.Family, code, SeriesReader.Steps(window, name), name, cancellation), cancellation);
        response.Headers[SeriesSource] = string.Join(", ", sources);
        return Answers.Of(shape);
    }

    /// <summary>How long one request may read history that nobody has read before.</summary>
    public static TimeSpan ReadingTime(WebOptions options) => options.RequestTimeout / 3;

    private static async Task<IResult> ModesAsync(
        Questions questions,
        AnycastNetwork network,
        ChangeHistory history,
        WebOptions web,
        CostlyWork work,
        [Description(TargetText)] string? target,
        [Description("4 or 6; default: the target's, when it has one only.")] string? family,
        CancellationToken cancellation)
    {
        var found = questions.Target(target);
        var request = CatchmentRequest.Parse(network, found.Name, family, questions.Lately, by: null, compare: null);
        return Answers.Of(history.Fresh(found.Name, request.Family) ?? await work.DoAsync(() => history.Routing(found, request.Family, ReadingTime(web), cancellation), cancellation));
    }

    private static async Task<IResult> AnnotationListAsync(
        Questions questions,
        ChangeHistory history,
        CostlyWork work,
        [Description("Only of those made in this ISO week, such as 2026-W46 (UTC). Without week and since: of those that Web:LongestWindow reaches back to.")] string? week,
        [Description(SinceText)] string? since,
        [Description(UntilText)] string? until,
        [Description(TargetText + " Default: all of the configuration.")] string? target,
        CancellationToken cancellation)
    {
        var only = target is null ? null : questions.Target(target);
        var window = week is null && since is null && until is null ? questions.Lately : questions.Bounded(Window.Parse(week, since, until, questions.Now), since is null ? "week" : "since");
        var changes = history.FreshAnnotations(window) ?? await work.DoAsync(() => history.Annotations(window, cancellation), cancellation);
        return Answers.Of(changes.Select(change =>
            only is null ? change : change with { Services = [.. change.Services.Where(service => service.Target == only.Name)] }));
    }

    private static async Task<IResult> JobsAsync(IJobBoard board, CancellationToken cancellation) =>
        Answers.Of((await board.JobsAsync(cancellation)).Select(job => new JobShape
        {
            Name = job.Name,
            Measurement = job.Measurement,
            Target = job.Target,
            State = job.State,
            Started = job.Started?.ToUnixTimeSeconds(),
            Ended = job.Ended?.ToUnixTimeSeconds(),
            Succeeded = job.Succeeded?.ToUnixTimeSeconds(),
            Next = job.Next?.ToUnixTimeSeconds(),
            Error = job.Error,
            Runs = job.Runs,
            Failures = job.Failures,
            Instance = job.Instance,
        }));

    private static async Task<IResult> RunAsync(IJobBoard board, [Description("The job: collect, analyze …")] string name, CancellationToken cancellation)
    {
        await StartAsync(board, name, cancellation);
        return Results.Json(new JobStartedShape { Name = name, State = "accepted" }, Answers.Json, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Starts a job.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public static async Task StartAsync(IJobBoard board, string name, CancellationToken cancellation)
    {
        if (!await board.RunNowAsync(name, cancellation))
        {
            var known = (await board.JobsAsync(cancellation)).Select(job => job.Name).Distinct().ToList();
            throw new NotFoundException($"name is {Quoted.Value(name)}; {KnownNames.Hint(name, known)}");
        }
    }
}
