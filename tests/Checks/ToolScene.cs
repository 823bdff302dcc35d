using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Measuring;
using Collector.Results;
using Collector.Store;

namespace Tests.Checks;

/// <summary>How the tool stands at a noon in November.</summary>
internal static class ToolScene
{
    public static readonly DateTimeOffset Now = new(2026, 11, 11, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A measurement that asks once an hour, runs since a month and delivered a minute ago.</summary>
    public static ToolMeasurement Healthy(long id, string target = "a", int family = 4, string? query = "id.server") => new(
        new StoredMeasurement(id, target, query is null ? MeasurementKind.Ping : MeasurementKind.Dns, family, query, 3600) { Start = Now.AddDays(-30) }, 3600)
    {
        Target = target,
        FetchedTo = Now.AddMinutes(-3),
        LastResult = Now.AddMinutes(-4),
        Probes = 100,
    };

    public static List<Finding> Find(ICheck check, params ToolMeasurement[] measurements) => Find(check, new ToolState(Now) { Measurements = measurements });

    public static List<Finding> Find(ICheck check, CreditOutlook? credits) => Find(check, new ToolState(Now) { Credits = credits });

    public static List<Finding> Find(ICheck check, ToolState state) => [.. check.Find(new CheckInput(new Window(Now.AddDays(-1), Now), []).With(state))];
}
