using Analyzer.Catchments;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Controls;
using Collector.Network;

namespace Analyzer.Checks;

/// <summary>Reads what the checks need, asks the controls about suspects, and runs them.</summary>
/// <param name="reader">Reads the catchments.</param>
/// <param name="suite">The checks.</param>
/// <param name="controls">Reads the controls; null: only our own targets are controls for one another.</param>
public sealed class CheckReader(CatchmentReader reader, CheckSuite suite, IControlReader? controls = null)
{
    /// <summary>So much of the time before a window is read, to know what was normal.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromDays(1);

    /// <summary>Longer windows are looked at in pieces of this length: what the checks read is kept round by round.</summary>
    public static readonly TimeSpan Piece = TimeSpan.FromDays(7);

    /// <summary>What the checks notice in a window, without asking anybody outside.</summary>
    /// <param name="targets">All targets: each is a control for the others.</param>
    /// <param name="window">The window.</param>
    /// <param name="only">Only this check; null: all.</param>
    /// <param name="tool">How the tool itself stands; null: nobody looked, or the window is not about the present.</param>
    public IReadOnlyList<Finding> Find(IReadOnlyList<Target> targets, Window window, string? only = null, ToolState? tool = null) =>
        CheckSuite.Sorted(Pieces(window).SelectMany(piece => suite.Find(tool is null ? Read(targets, piece) : Read(targets, piece).With(tool), only)));

    /// <summary>The same, with the controls asked about suspects.</summary>
    /// <param name="targets">All targets: each is a control for the others.</param>
    /// <param name="window">The window.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<IReadOnlyList<Finding>> FindAsync(IReadOnlyList<Target> targets, Window window, CancellationToken cancellationToken = default)
    {
        var found = new List<Finding>();
        foreach (var piece in Pieces(window))
        {
            found.AddRange(suite.Find(await AskAsync(Read(targets, piece), cancellationToken)));
        }

        return CheckSuite.Sorted(found);
    }

    /// <summary>What the checks look at.</summary>
    /// <param name="targets">All targets.</param>
    /// <param name="window">The window; not longer than <see cref="Piece"/>, for the memory's sake.</param>
    /// <param name="listen">Who is told what each probe of a target and family saw in the window; null: nobody asks.</param>
    public CheckInput Read(IReadOnlyList<Target> targets, Window window, Func<Target, int, IProbeListener>? listen = null)
    {
        ArgumentNullException.ThrowIfNull(window);
        return new CheckInput(
            window,
            reader.ReadAll(targets, window, keepSeries: true, listen),
            reader.ReadAll(targets, new Window(window.From - Lead, window.From), keepSeries: true),
            snapshotRounds: suite.SnapshotRounds);
    }

    /// <summary>The same with what suspects reached elsewhere.</summary>
    public async Task<CheckInput> AskAsync(CheckInput input, CancellationToken cancellationToken = default) =>
        controls is not null && suite.Suspects(input) is { Count: > 0 } suspects ? input.With(await controls.ReadAsync(suspects, cancellationToken)) : input;

    private static IEnumerable<Window> Pieces(Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        if (window.Length <= Piece)
        {
            yield return window;
            yield break;
        }

        for (var from = window.From; from < window.To; from += Piece)
        {
            yield return new Window(from, from + Piece < window.To ? from + Piece : window.To);
        }
    }
}
