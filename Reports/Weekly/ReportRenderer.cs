using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Reports.Weekly;

/// <summary>Turns components into HTML. Razor encodes whatever comes from the network by default.</summary>
internal static class ReportRenderer
{
    /// <summary>One week's page.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="charts">The SVG of the charts by their paths; charts without one are left out.</param>
    public static Task<string> PageAsync(WeeklyReport report, IReadOnlyDictionary<string, string>? charts = null) => RenderAsync<ReportPage>(new()
    {
        [nameof(ReportPage.Report)] = report,
        [nameof(ReportPage.Charts)] = charts ?? new Dictionary<string, string>(),
    });

    /// <summary>The list of weeks.</summary>
    /// <param name="weeks">Latest first.</param>
    public static Task<string> IndexAsync(IReadOnlyList<ReportSummary> weeks) => RenderAsync<IndexPage>(new() { [nameof(IndexPage.Weeks)] = weeks });

    /// <summary>Any component.</summary>
    /// <param name="parameters">Its parameters by name.</param>
    public static async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var root = await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters));
            var html = new StringBuilder();
            await using var writer = new StringWriter(html);
            root.WriteHtmlTo(writer);
            return html.ToString();
        });
    }
}
