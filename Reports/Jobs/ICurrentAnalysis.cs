using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;

namespace Reports.Jobs;

/// <summary>The present, as the <c>analyze</c> job last saw it.</summary>
internal interface ICurrentAnalysis
{
    /// <summary>The last analysis; null before the first.</summary>
    Analysis? Last { get; }
}

/// <summary>What one run of the <c>analyze</c> job found.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Window">The time it is about: the 24 hours before.</param>
/// <param name="Catchments">One a target and family with results in the window.</param>
/// <param name="Findings">What the checks noticed.</param>
public sealed record Analysis(DateTimeOffset At, Window Window, IReadOnlyList<Catchment> Catchments, IReadOnlyList<Finding> Findings)
{
    /// <summary>How the tool itself stands; null: nobody looked.</summary>
    public ToolState? Tool { get; init; }
}
