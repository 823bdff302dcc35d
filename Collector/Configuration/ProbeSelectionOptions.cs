using System.ComponentModel.DataAnnotations;
using Collector.Probes;

namespace Collector.Configuration;

/// <summary>Which probes measure.</summary>
public sealed record ProbeSelectionOptions
{
    /// <summary>How many probes a target gets in each family. Default: 300; range 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Count { get; init; } = 300;

    /// <summary>Probes that are always in, before all others and even beyond <see cref="Count"/>: see <see cref="ProbePattern"/>.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Probes that are never in, whatever else is said: see <see cref="ProbePattern"/>.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Who else is in. Default: others, spread over countries and ASes.</summary>
    public SelectionMode Selection { get; init; } = SelectionMode.Spread;

    /// <summary>Time between two pings of a probe to a PoP's unicast address. They tell the best round-trip time that a probe could have,
    /// which changes slowly, and there are many of them: one for each PoP and family. Default: 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan UnicastInterval { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Checks what no single value shows.</summary>
    /// <exception cref="ConfigurationException">A pattern that is none, or nothing to select.</exception>
    internal ProbeSelectionOptions Checked()
    {
        foreach (var (name, patterns) in new[] { (nameof(Include), Include), (nameof(Exclude), Exclude) })
        {
            for (var index = 0; index < patterns.Count; index++)
            {
                if (ProbePattern.TryParse(patterns[index]) is null)
                {
                    throw new ConfigurationException($"Probes:{name}:{index} is {patterns[index]}; allowed: {ProbePattern.Allowed}");
                }
            }
        }

        return Selection == SelectionMode.Listed && Include.Count == 0
            ? throw new ConfigurationException("Probes:Selection is Listed, but Probes:Include lists nothing; allowed: Spread, or something in Probes:Include")
            : this;
    }
}

/// <summary>Ways to select probes.</summary>
public enum SelectionMode
{
    /// <summary>What is included, then others, spread over countries and ASes.</summary>
    Spread,

    /// <summary>Only what is included.</summary>
    Listed,
}
