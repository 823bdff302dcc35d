using System.CommandLine;
using Analyzer.Catchments;
using Analyzer.Lookups;
using Analyzer.Time;
using App.Queries;
using Collector.Network;
using Reports.Lookups;

namespace App.Cli;

/// <summary><c>lookup</c>: asks the catchment of a network, a country, a prefix, a city or a probe.</summary>
internal static class LookupCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "AS64500, NL, 192.0.2.0/24, an address, probe:123, a city (Paris, US) or a place (48.9, 2.3)", HelpName = "QUERY" };
        var target = new Option<string?>("--target") { Description = "A target of the configuration, or a-root to m-root (default: all of the configuration)", HelpName = "T" };
        var command = new Command("lookup", "Say which PoP serves a network, country, prefix, city or probe, since when, and how far out of the way")
        {
            query, target, TimeOptions.Week, TimeOptions.Since, TimeOptions.Until,
        };
        command.SetAction(parsed =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var (week, since, until) = (parsed.GetValue(TimeOptions.Week), parsed.GetValue(TimeOptions.Since), parsed.GetValue(TimeOptions.Until));
            var asked = week is null && since is null && until is null ? null : Window.Parse(week, since, until, now);
            var text = parsed.GetValue(query)!;
            var question = LookupQuery.Parse(text, "lookup");
            var settings = CommonOptions.LoadSettings(parsed);
            var name = parsed.GetValue(target);
            IReadOnlyList<Target> targets = name is null ? settings.Network.Targets : [CatchmentRequest.FindTarget(settings.Network, name)];
            using var store = CommonOptions.OpenStore(parsed, settings, readOnly: true);
            var window = asked ?? LatestWindow.Of(store, targets, now);
            var reader = new LookupReader(new CatchmentReader(store, settings.Network.IdentityTemplates));
            return Write(
                [.. targets.Select(one => reader.Answer(text, question, one, window))],
                isList: name is null,
                parsed.GetValue(CommonOptions.Format) ?? OutputFormat.Table,
                Console.Out);
        });
        return command;
    }

    /// <summary>Writes the answers.</summary>
    /// <param name="answers">One a target.</param>
    /// <param name="isList">Whether JSON is an array, as without <c>--target</c>, or the one object.</param>
    /// <param name="format">How.</param>
    /// <param name="output">Where.</param>
    /// <returns>The exit code: incomplete when no probe speaks for what is asked.</returns>
    internal static int Write(IReadOnlyList<LookupAnswer> answers, bool isList, OutputFormat format, TextWriter output)
    {
        var text = format switch
        {
            OutputFormat.Json when isList => $"[{string.Join(',', answers.Select(LookupJson.Write))}]\n",
            OutputFormat.Json or OutputFormat.Ndjson => string.Concat(answers.Select(answer => LookupJson.Write(answer) + "\n")),
            OutputFormat.Csv => string.Concat(LookupCsv.Write(answers).Select(line => line + "\n")),
            _ => string.Join('\n', answers.Select(LookupTable.Write)),
        };
        output.Write(text);
        return answers.Any(answer => answer.Families.Count > 0) ? ExitCode.Done : ExitCode.Incomplete;
    }
}
