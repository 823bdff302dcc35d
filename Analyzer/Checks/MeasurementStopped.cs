using Analyzer.Findings;
using Collector.Atlas;
using Collector.Results;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Measurements that ended although the configuration still wants them.</summary>
public sealed class MeasurementStopped : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "measurement-stopped";

    // One that takes another's place begins about when that one ends.
    private static readonly TimeSpan Replacement = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public string Name => CheckName;

    /// <inheritdoc/>
    public IEnumerable<Finding> Find(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Tool is not { } tool)
        {
            return [];
        }

        var running = tool.Measurements.Where(measurement => !(measurement.Stop <= tool.Now)).ToLookup(KeyOf);
        return tool.Measurements
            .Where(measurement => measurement.Stop <= tool.Now && !measurement.Stored.IsFollowed && !IsMadeUpFor(measurement, [.. running[KeyOf(measurement)]]))
            .GroupBy(measurement => (measurement.Target, measurement.Pop, measurement.Stored.Family))
            .Select(group => Of(tool.Now, [.. group.OrderBy(measurement => measurement.Stored.Id)], running.Any(key => (key.Key.Target, key.Key.Pop, key.Key.Family) == group.Key)));
    }

    /// <summary>Whether another does its work. Where somebody asked for the end, any of the same kind will do: they wanted fewer probes.</summary>
    private static bool IsMadeUpFor(ToolMeasurement ended, IReadOnlyCollection<ToolMeasurement> running) => ended.IsEndedByRequest
        ? running.Count > 0
        : running.Any(other => other.Stored.Start is not { } start || start >= ended.Stop - Replacement);

    private static (string? Target, string? Pop, int Family, MeasurementKind Kind, string? Query) KeyOf(ToolMeasurement measurement) =>
        (measurement.Target, measurement.Pop, measurement.Stored.Family, measurement.Stored.Kind, measurement.Stored.Query);

    private Finding Of(DateTimeOffset now, List<ToolMeasurement> ended, bool isOtherwiseMeasured)
    {
        var first = ended[0];
        var from = ended.Min(measurement => measurement.Stop)!.Value;
        return new Finding(
            Name,
            isOtherwiseMeasured ? Severity.Warning : Severity.Critical,
            first.Target,
            first.Stored.Family,
            ScopeOf(first),
            from,
            from < now ? now : now.AddSeconds(1),
            ended.Count,
            0,
            0,
            [],
            Invariant($"{What(first)}: {List([.. ended.Select(Describe)], 4)}, although the configuration wants {(ended.Count == 1 ? "it" : "them")}{(isOtherwiseMeasured ? "" : "; nothing of it is measured any more")}."),
            "`measurement plan` shows what is missing and `apply` creates it anew, with a new id; its history stays. Atlas ends measurements mostly for lack of credits. If you ended it, take it out of the configuration.");
    }

    private static string Describe(ToolMeasurement measurement) => Invariant(
        $"measurement {measurement.Stored.Id} ({Kind(measurement)}) {How(measurement.Ending)} at {measurement.Stop!.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static string How(MeasurementStatus? ending) => ending switch
    {
        MeasurementStatus.ForcedToStop => "was stopped by Atlas",
        MeasurementStatus.Stopped or MeasurementStatus.Canceled => "was stopped as somebody asked",
        MeasurementStatus.Failed => "failed",
        MeasurementStatus.Denied => "was refused by Atlas",
        _ => "ended",
    };
}
