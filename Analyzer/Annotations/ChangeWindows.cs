using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;

namespace Analyzer.Annotations;

/// <summary>The times before and after a change that are compared.</summary>
/// <param name="Before">The time before; null: too short, for the change before it.</param>
/// <param name="After">The time after; null: too short.</param>
public sealed record ChangeWindows(Window? Before, Window? After)
{
    // A day's trouble of one hour must not be all that is seen.
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(6);

    /// <summary>Whether the time after is not over, so that the verdict may change.</summary>
    public bool IsProvisional { get; private init; }

    /// <summary>Whether there will be enough time after it, and only is not yet.</summary>
    public bool IsEarly { get; private init; }

    /// <summary>The windows of a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="changes">All changes: none of the others lies in its windows.</param>
    /// <param name="target">The target.</param>
    /// <param name="options">How long.</param>
    /// <param name="now">The present.</param>
    public static ChangeWindows Of(Annotation change, IEnumerable<Annotation> changes, Target target, ComparisonOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(target);

        // A PoP counts as settled after three rounds in a row; a fourth, because the first is seldom at the beginning.
        var least = Longer(Shortest, 4 * target.DnsInterval);
        var length = Longer(options.Window, least);
        var others = changes.Where(other => other.At != change.At && Concerns(other, target)).Select(other => other.At).ToList();
        var former = others.Where(at => at < change.At).Select(at => at + options.Settle).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        var next = others.Where(at => at > change.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

        var before = Whole(Longer(change.At - former, TimeSpan.Zero), length);
        var settled = change.At + options.Settle;
        var end = next < settled + length ? next : settled + length;
        var after = Whole((now < end ? now : end) - settled, length);
        return new ChangeWindows(
            before >= least ? new Window(change.At - before, change.At) : null,
            after >= least ? new Window(settled, settled + after) : null)
        {
            IsProvisional = now < end,
            IsEarly = after < least && now < end && end - settled >= least,
        };
    }

    /// <summary>Whether a change may move the clients of a target.</summary>
    public static bool Concerns(Annotation change, Target target)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(target);
        return change.Pop is not { } code || target.Pops.Any(pop => pop.Code.Equals(code, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As much of it as is wanted; from a day on whole days, since nights are faster than evenings.</summary>
    private static TimeSpan Whole(TimeSpan there, TimeSpan wanted)
    {
        var length = there < wanted ? there : wanted;
        return length < TimeSpan.FromDays(1) ? length : TimeSpan.FromDays(Math.Floor(length.TotalDays));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
