using Analyzer.Findings;
using Collector.Configuration.Checks;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>Measurements that run and bring nothing. All of them at once is another matter than one: then the way to Atlas, or Atlas, is at fault.</summary>
public sealed class NoResults(NoResultsOptions options) : ICheck
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "no-results";

    // Results take minutes to arrive, and are fetched every few.
    private const double GraceSeconds = 900;

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

        var running = Running(tool).ToList();
        var silent = running.Where(measurement => IsPast(tool.Now, measurement, Since(measurement)!.Value)).ToList();
        return silent.Count > 1 && silent.Count == running.Count
            ? [OfAll(tool.Now, silent)]
            : silent.GroupBy(measurement => (measurement.Target, measurement.Pop, measurement.Stored.Family))
                .Select(group => Of(tool.Now, [.. group.OrderBy(measurement => measurement.Stored.Id)]));
    }

    /// <summary>The measurements that seem to run and bring nothing: worth asking Atlas about.</summary>
    public IEnumerable<ToolMeasurement> Silent(ToolState tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return Running(tool).Where(measurement => IsPast(tool.Now, measurement, Since(measurement)!.Value));
    }

    // Of what was never fetched nobody can say that it does not come.
    private static IEnumerable<ToolMeasurement> Running(ToolState tool) =>
        tool.Measurements.Where(measurement => !(measurement.Stop <= tool.Now) && measurement.FetchedTo is not null && Since(measurement) is not null);

    private static DateTimeOffset? Since(ToolMeasurement measurement) => measurement.LastResult ?? measurement.Stored.Start;

    private bool IsPast(DateTimeOffset now, ToolMeasurement measurement, DateTimeOffset at) =>
        (now - at).TotalSeconds > (options.Rounds * measurement.IntervalSeconds) + GraceSeconds;

    private Finding OfAll(DateTimeOffset now, List<ToolMeasurement> silent)
    {
        var since = silent.Max(Since)!.Value;
        var fetched = silent.Max(measurement => measurement.FetchedTo)!.Value;
        var isOurs = silent.TrueForAll(measurement => IsPast(now, measurement, measurement.FetchedTo!.Value));
        var why = isOurs
            ? Invariant($"results were fetched up to {fetched.UtcDateTime:yyyy-MM-dd HH:mm} UTC only, so it is the collecting or the way to Atlas")
            : "they are fetched as ever, so Atlas has none or does not hand them out";
        return Finding(
            now, silent, null, null, Scope.AllTargets, since, Severity.Critical,
            Invariant($"None of the {silent.Count} measurements brought a result for {Duration((now - since).TotalSeconds)}: {why}."),
            isOurs
                ? "Look at the job collect for its error; `measurement check` tells whether Atlas can be reached and the key is accepted. Nothing is lost: Atlas keeps the results, and they are fetched from where it stopped."
                : "See atlas.ripe.net for trouble there, and the account for credits. Nothing is lost: what comes late is fetched again on the two days after it.");
    }

    private Finding Of(DateTimeOffset now, List<ToolMeasurement> silent)
    {
        var first = silent[0];
        var since = silent.Max(Since)!.Value;
        var isOurs = silent.TrueForAll(measurement => IsPast(now, measurement, measurement.FetchedTo!.Value));
        var names = List([.. silent.Select(measurement => Invariant($"{measurement.Stored.Id} ({Kind(measurement)})"))], 4);
        return Finding(
            now, silent, first.Target, first.Stored.Family, ScopeOf(first), since, Severity.Warning,
            Invariant($"{What(first)}: no result of {(silent.Count == 1 ? "measurement" : "measurements")} {names} for {Duration((now - since).TotalSeconds)}, although others deliver{(isOurs ? "; they could not be fetched" : "")}."),
            isOurs
                ? "The jobs page has a row for this measurement with what went wrong when it was fetched."
                : "See on atlas.ripe.net whether it runs and has probes: they may be gone, or busy. The job reconcile replaces probes once a day; `measurement plan` shows what is missing.");
    }

    private Finding Finding(
        DateTimeOffset now, List<ToolMeasurement> silent, string? target, int? family, Scope scope, DateTimeOffset since, Severity severity, string message, string advice) =>
        new(
            Name, severity, target, family, scope, since, now,
            silent.Max(measurement => Math.Floor((now - Since(measurement)!.Value).TotalSeconds / measurement.IntervalSeconds)),
            options.Rounds,
            silent.Sum(measurement => measurement.Probes),
            [],
            message,
            advice);
}
