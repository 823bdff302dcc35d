using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Lookups;
using Analyzer.Time;
using App.Alerts;
using App.Alerts.Rules;
using App.Jobs;
using App.Web.Api;
using App.Web.Serving;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Reports.Changes;
using Reports.Places;
using Reports.Weekly;

namespace App.Web.Pages;

/// <summary>The pages. They are whole without script.</summary>
internal static class PageEndpoints
{
    private static readonly string Style = ReportAssets.Style + "\n" + ReportAssets.Read("App.Web.Pages.pages.css", typeof(PageEndpoints).Assembly);

    /// <summary>Adds them.</summary>
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet("/", HomeAsync);
        pages.MapGet("/lookup", LookupAsync);
        pages.MapGet("/findings", FindingsAsync);
        pages.MapGet("/changes", ChangesAsync);
        pages.MapGet("/places", PlacesAsync);
        pages.MapGet("/alerts", (HttpContext context, AlertBoard board) => AlertsAsync(context, board));
        pages.MapPost("/alerts/silences", SilenceAsync);
        pages.MapPost("/alerts/silences/{id}/end", EndSilence);
        pages.MapGet("/jobs", JobsAsync);
        pages.MapPost("/jobs/{name}/run", RunAsync);
        pages.MapGet("/reports/{**path}", ReportFiles.SendAsync);

        // A report and a map by itself name no icon, and browsers ask for one here.
        pages.MapGet("/favicon.ico", () => Results.NoContent());
        pages.MapGet("/assets/style.css", () => Results.Text(Style, "text/css"));
        pages.MapGet("/assets/sort.js", () => Results.Text(ReportAssets.Script, "text/javascript"));
    }

    private static async Task HomeAsync(HttpContext context, Present present, ChangeHistory history, ReportFolder reports, IJobBoard board) =>
        await PageWriter.WriteAsync<HomePage>(context, new()
        {
            [nameof(HomePage.Now)] = await present.ReadAsync(context.RequestAborted),
            [nameof(HomePage.Routing)] = (Func<Catchment, RoutingReport?>)(catchment => history.Known(catchment.Target.Name, catchment.Family)),
            [nameof(HomePage.Latest)] = await reports.LatestAsync(context.RequestAborted),
            [nameof(HomePage.Jobs)] = await board.JobsAsync(context.RequestAborted),
        });

    private static async Task LookupAsync(HttpContext context, Questions questions, Present present, AnycastNetwork network, string? q, string? target)
    {
        IReadOnlyList<LookupAnswer> answers = [];
        string? problem = null;
        if (!string.IsNullOrWhiteSpace(q))
        {
            try
            {
                answers = await present.LookUpAsync(q, LookupQuery.Parse(q, "the question"), questions.Targets(string.IsNullOrEmpty(target) ? null : target), context.RequestAborted);
            }
            catch (Exception refused) when (refused is ConfigurationException or NotFoundException)
            {
                problem = refused.Message;
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            }
        }

        await PageWriter.WriteAsync<LookupPage>(context, new()
        {
            [nameof(LookupPage.Query)] = q,
            [nameof(LookupPage.Target)] = target,
            [nameof(LookupPage.Targets)] = network.Targets.Select(one => one.Name).ToList(),
            [nameof(LookupPage.Answers)] = answers,
            [nameof(LookupPage.Problem)] = problem,
        });
    }

    private static async Task FindingsAsync(HttpContext context, Questions questions, Present present, AnycastNetwork network, string? week, string? check)
    {
        IReadOnlyList<Finding> findings = [];
        string? subtitle = null;
        string? problem = null;
        try
        {
            var name = Questions.Word(string.IsNullOrEmpty(check) ? null : check, "check", CheckSuite.Names);
            var now = string.IsNullOrWhiteSpace(week) ? await present.ReadAsync(context.RequestAborted) : null;
            var window = now?.Window ?? questions.Window(week!.Trim(), null, null, network.Targets);
            findings = [.. (now?.Findings ?? await present.FindingsOfAsync(window, context.RequestAborted)).Where(finding => name is null || finding.Check == name)];
            subtitle = $"{(window.Week is { } known ? $"{known}: " : "")}{At.Minute(window.From)} to {At.Minute(window.To)} UTC";
        }
        catch (ConfigurationException refused)
        {
            problem = refused.Message.Replace("--", "", StringComparison.Ordinal);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        await PageWriter.WriteAsync<FindingsPage>(context, new()
        {
            [nameof(FindingsPage.Findings)] = findings,
            [nameof(FindingsPage.Subtitle)] = subtitle,
            [nameof(FindingsPage.Week)] = week,
            [nameof(FindingsPage.Check)] = check,
            [nameof(FindingsPage.Problem)] = problem,
        });
    }

    private static async Task PlacesAsync(HttpContext context, PlacesReader places, IObservationStore store, Present present)
    {
        var analysis = await present.ReadAsync(context.RequestAborted);
        await PageWriter.WriteAsync<PlacesPage>(context, new()
        {
            [nameof(PlacesPage.View)] = places.Read(),
            [nameof(PlacesPage.Sources)] = store.PlaceSources,
            [nameof(PlacesPage.Misplaced)] = analysis.Catchments.SelectMany(catchment => catchment.Probes).Where(probe => probe.IsMisplaced).Select(probe => probe.Id).ToHashSet(),
        });
    }

    private static Task AlertsAsync(HttpContext context, AlertBoard board) => AlertsAsync(context, board, new SilenceForm(), null);

    private static async Task AlertsAsync(HttpContext context, AlertBoard board, SilenceForm form, string? problem)
    {
        var alerts = board.Alerts();
        await PageWriter.WriteAsync<AlertsPage>(context, new()
        {
            [nameof(AlertsPage.Alerts)] = alerts,
            [nameof(AlertsPage.Silenced)] = alerts.Where(alert => board.SilencesOf(alert).Count > 0).Select(alert => alert.Fingerprint).ToHashSet(),
            [nameof(AlertsPage.Routes)] = board.Routes(),
            [nameof(AlertsPage.Silences)] = board.Silences(),
            [nameof(AlertsPage.Now)] = board.Now,
            [nameof(AlertsPage.Origin)] = UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host).TrimEnd('/'),
            [nameof(AlertsPage.Form)] = form,
            [nameof(AlertsPage.Problem)] = problem,
        });
    }

    private static async Task SilenceAsync(HttpContext context, AlertBoard board)
    {
        var form = SilenceForm.Of(context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty);
        try
        {
            board.Add(form.Lines, null, board.Now + form.Length, form.Comment, form.Author);
        }
        catch (ConfigurationException refused)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await AlertsAsync(context, board, form, refused.Message);
            return;
        }

        await SeeOther.To("/alerts#silences").ExecuteAsync(context);
    }

    private static SeeOther EndSilence(AlertBoard board, string id) =>
        board.End(id) ? SeeOther.To("/alerts#silences") : throw new NotFoundException($"id is {Quoted.Value(AlertText.Short(id))}; there is no such silence");

    private static async Task ChangesAsync(HttpContext context, Questions questions, ChangeHistory history, WebOptions web, CostlyWork work)
    {
        var services = history.Services;
        var fresh = services.Select(service => history.Fresh(service.Target.Name, service.Family)).OfType<RoutingReport>().ToList();
        IReadOnlyList<RoutingReport> routings = fresh.Count == services.Count ? fresh : await work.DoAsync(
            () => services.Select(service => history.Routing(service.Target, service.Family, ApiEndpoints.ReadingTime(web) / services.Count, context.RequestAborted)).ToList(),
            context.RequestAborted);
        var changes = history.FreshAnnotations(questions.Lately) ?? await work.DoAsync(() => history.Annotations(questions.Lately, context.RequestAborted), context.RequestAborted);
        await PageWriter.WriteAsync<ChangesPage>(context, new()
        {
            [nameof(ChangesPage.Annotations)] = changes.Reverse().ToList(),
            [nameof(ChangesPage.Routing)] = routings.Where(routing => routing.Days.Windows.Count + routing.Weeks.Windows.Count > 0).ToList(),
        });
    }

    private static async Task JobsAsync(HttpContext context, IJobBoard board, string? started)
    {
        var jobs = await board.JobsAsync(context.RequestAborted);
        await PageWriter.WriteAsync<JobsPage>(context, new()
        {
            [nameof(JobsPage.Jobs)] = jobs,
            [nameof(JobsPage.Started)] = jobs.FirstOrDefault(job => job.Name == started)?.Name,
            [nameof(JobsPage.HasDashboard)] = context.RequestServices.GetService<HangfireStorage>() is not null,
            [nameof(JobsPage.Origin)] = UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host).TrimEnd('/'),
        });
    }

    private static async Task<IResult> RunAsync(HttpContext context, IJobBoard board, string name)
    {
        await ApiEndpoints.StartAsync(board, name, context.RequestAborted);
        return SeeOther.To($"/jobs?started={Uri.EscapeDataString(name)}");
    }
}
