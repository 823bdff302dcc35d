using System.Globalization;
using Analyzer.Time;
using App.Queries;
using App.Web.Serving;
using Collector.Configuration;
using Collector.Network;
using Collector.Store;
using Reports.Lookups;

namespace App.Web.Api;

/// <summary>Reads what is asked over HTTP. Whatever cannot be used throws, in one line: what was found, what is allowed.</summary>
internal sealed class Questions(AnycastNetwork network, IObservationStore store, WebOptions options, TimeProvider time)
{
    /// <summary>The present.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A target of the configuration, or a preset.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public Target Target(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new ConfigurationException($"target is missing; allowed: {string.Join(", ", Names)}");
        }

        try
        {
            return CatchmentRequest.FindTarget(network, name);
        }
        catch (ConfigurationException)
        {
            throw new NotFoundException($"target is {Quoted.Value(name)}; {KnownNames.Hint(name, [.. Names])}");
        }
    }

    /// <summary>One target when it is named, else all of the configuration.</summary>
    public IReadOnlyList<Target> Targets(string? name) => name is null ? network.Targets : [Target(name)];

    /// <summary>What <c>week</c>, <c>since</c> and <c>until</c> mean; without any of them the last day of which there are results.</summary>
    public Window Window(string? week, string? since, string? until, IEnumerable<Target> targets) =>
        Bounded(
            week is null && since is null && until is null ? LatestWindow.Of(store, targets, Now) : Analyzer.Time.Window.Parse(week, since, until, Now),
            since is null ? "week" : "since");

    /// <summary>As long back as one question may reach, and a year ahead: announced changes are of the future.</summary>
    public Window Lately => new(Now - options.LongestWindow, Now.AddYears(1));

    /// <summary>The window, unless it is longer than may be asked for.</summary>
    /// <param name="window">The window.</param>
    /// <param name="key">The parameter to speak of.</param>
    public Window Bounded(Window window, string key) => window.Length <= options.LongestWindow
        ? window
        : throw new ConfigurationException(string.Create(
            CultureInfo.InvariantCulture, $"{key} makes a window of {window.Length.TotalDays:0.#} days; allowed: up to {options.LongestWindow.TotalDays:0.#} (Web:LongestWindow)"));

    /// <summary>A whole number in a range.</summary>
    public static int Number(string? text, string key, int least, int most, int otherwise) =>
        text is null ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{key} is {Quoted.Value(text)}; allowed: {least} to {most}"));

    /// <summary>One of some words.</summary>
    public static string? Word(string? text, string key, IReadOnlyCollection<string> known) =>
        text is null ? null
        : known.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException($"{key} is {Quoted.Value(text)}; allowed: {string.Join(", ", known)}");

    private IEnumerable<string> Names => network.Targets.Select(target => target.Name).Concat(network.Targets.Count == 0 ? Presets.Names : []);
}
