using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Configuration;
using Collector.Network;
using Collector.Results;
using Reports.Errors;

namespace App.Cli;

/// <summary><c>identify</c>: which PoP an identity stands for, by which rule, how surely.</summary>
internal static class IdentifyCommand
{
    private const string DefaultSource = "id.server";

    // A TXT string has 255 bytes and an NSID 64 KiB; what is longer is no identity, and only its beginning is looked at.
    private const int MaximumLineBytes = 65_536;

    public static Command Create()
    {
        var strings = new Argument<string[]>("STRING")
        {
            Description = "Identities as servers answered them; - reads one a line from standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        var source = new Option<string?>("--source")
        {
            Description = "The question they answered: id.server, hostname.bind, nsid (default: what the target is asked first)",
            HelpName = "SOURCE",
        };
        var at = new Option<string?>("--at") { Description = "When they were answered, for rules with dates (default: now)", HelpName = "DATE" };
        var target = new Option<string?>("--target")
        {
            Description = "A target of the configuration, or a-root to m-root, which need none (default: all targets)",
            HelpName = "TARGET",
        };
        var command = new Command("identify", "Say which PoP an identity stands for, by which rule, and how surely") { strings, source, at, target };
        command.SetAction(parsed =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var instant = parsed.GetValue(at) is { } text ? Window.ParseInstant(text, "--at", now) : now;
            var targets = FindTargets(parsed.GetValue(target), parsed.GetValue(CommonOptions.Config), out var templates);
            var answers = new IdentityAnswers(targets, templates, parsed.GetValue(source), instant);
            using var output = StandardOutput.Open();
            using var writer = IdentificationWriter.Create(parsed.GetValue(CommonOptions.Format), output);
            var empty = Run(parsed.GetValue(strings)!, Console.OpenStandardInput, identity => writer.Write(answers.Identify(identity)));
            if (!parsed.GetValue(CommonOptions.Quiet))
            {
                Console.Error.Write(Notes(empty, answers.Suggestions));
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What is said beside the data: lines skipped, and rules that the operator may want to add.</summary>
    internal static string Notes(long empty, IReadOnlyCollection<RuleSuggestion> suggestions)
    {
        var notes = new StringBuilder();
        if (empty > 0)
        {
            notes.AppendLine(CultureInfo.InvariantCulture, $"measurement: {empty} empty {(empty == 1 ? "line" : "lines")} skipped");
        }

        foreach (var suggestion in suggestions)
        {
            notes.AppendLine(
                CultureInfo.InvariantCulture, $"measurement: unknown; perhaps add to the Identities of {suggestion.Pop.Code}: {TerminalText.Line($"{suggestion.Pattern} ({suggestion.Reason})")}");
        }

        return notes.ToString();
    }

    /// <summary>Hands on each identity, normalised; returns how many empty lines there were.</summary>
    internal static long Run(IEnumerable<string> strings, Func<Stream> standardInput, Action<string> accept)
    {
        long empty = 0;
        foreach (var text in strings)
        {
            if (text != "-")
            {
                // Asked for by name, so there is a line for it whatever is left of it.
                accept(IdentityText.Normalise(text) ?? "");
                continue;
            }

            using var input = standardInput();
            ReadLines(input, line =>
            {
                if (IdentityText.Normalise(line) is { } identity)
                {
                    accept(identity);
                }
                else
                {
                    empty++;
                }
            });
        }

        return empty;
    }

    private static void ReadLines(Stream input, Action<ReadOnlySpan<byte>> accept)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaximumLineBytes);
        var line = new ArrayBufferWriter<byte>(1024);
        var pending = false;
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            var rest = buffer.AsSpan(0, read);
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                line.Write(part[..Math.Min(part.Length, MaximumLineBytes - line.WrittenCount)]);
                pending = end < 0;
                if (!pending)
                {
                    accept(line.WrittenSpan);
                    line.ResetWrittenCount();
                }

                rest = end < 0 ? [] : rest[(end + 1)..];
            }
        }

        if (pending)
        {
            accept(line.WrittenSpan);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>The targets to ask about; a preset needs no configuration unless one is named that has a target of that name.</summary>
    private static IReadOnlyList<Target> FindTargets(string? name, string? config, out IReadOnlyList<string> templates)
    {
        templates = [];
        if (name is not null && config is null && Presets.Find(name) is { } preset)
        {
            return [preset];
        }

        var network = SettingsLoader.Load(config).Network;
        templates = network.IdentityTemplates;
        if (name is null)
        {
            // A list of PoPs is enough to ask about.
            return network.Targets.Count > 0 ? network.Targets : [new Target("all") { Pops = network.Pops }];
        }

        var found = network.Targets.FirstOrDefault(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? Presets.Find(name);
        return found is not null
            ? [found]
            : throw new ConfigurationException(
                $"--target is {IdentityText.Normalise(name, 60) ?? "empty"}; allowed: a target of the configuration, or a-root to m-root; "
                + KnownNames.Hint(name, [.. network.Targets.Select(target => target.Name), .. Presets.Names]));
    }

    /// <summary>Asks one target after the other.</summary>
    internal sealed class IdentityAnswers(IReadOnlyList<Target> targets, IReadOnlyList<string> templates, string? source, DateTimeOffset at)
    {
        private const int MaximumSuggestions = 20;

        private readonly HashSet<RuleSuggestion> suggestions = [];

        private readonly List<(Identifier Identifier, string Source)> asked =
        [
            .. targets.Select(target => (new Identifier(target, templates), source ?? (target.Identity.Count > 0 ? target.Identity[0] : DefaultSource))),
        ];

        /// <summary>Rules for what stayed unknown, each once, the first of them only: a list of thousands helps nobody.</summary>
        public IReadOnlyCollection<RuleSuggestion> Suggestions => suggestions;

        /// <summary>The answer of the first target that knows best: by rule, as a stranger, by guess, not at all.</summary>
        public Identification Identify(string identity)
        {
            Identification? best = null;
            foreach (var (identifier, question) in asked)
            {
                var answer = identifier.Identify(identity, question, at);
                if (best is null || Rank(answer) < Rank(best))
                {
                    best = answer;
                }
            }

            if (best!.Class == IdentityClass.Unknown && suggestions.Count < MaximumSuggestions)
            {
                suggestions.UnionWith(asked
                    .Where(one => one.Identifier.Target.Preset is null)
                    .Select(one => one.Identifier.Suggest(identity, one.Source, at)).OfType<RuleSuggestion>().Take(1));
            }

            return best;
        }

        private static int Rank(Identification answer) => answer switch
        {
            { Class: IdentityClass.Pop, Confidence: not Confidence.Guessed } => 0,
            { Class: IdentityClass.Interceptor } => 1,
            { Class: IdentityClass.Pop } => 2,
            _ => 3,
        };
    }
}
