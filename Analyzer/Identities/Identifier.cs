using Collector.Network;
using Collector.Results;

namespace Analyzer.Identities;

/// <summary>Says which PoP of a target an identity stands for, or that a stranger answered, or that nobody knows.</summary>
/// <remarks>
/// In this order: the operator's list (names, then patterns); known interceptors; templates (the operator's, then ours) or,
/// for a root server, the shapes of its identities; words by which resolvers give themselves away; a guess from a city code.
/// Pure: the same question has the same answer, whenever asked. Safe for many threads.
/// </remarks>
public sealed class Identifier
{
    /// <summary>Answers that are remembered, in each of two generations.</summary>
    private const int CacheSize = 32_768;

    private readonly PopRules rules;
    private readonly HostTemplates templates;
    private readonly RootShapes? root;
    private readonly CityGuess guess;
    private readonly DateTimeOffset[] boundaries;
    private readonly GenerationCache<Question, Verdict> cache = new(CacheSize);

    /// <summary>For one target.</summary>
    /// <param name="target">Its PoPs, with their identities.</param>
    /// <param name="templates">The operator's templates, with a <c>pop</c> group.</param>
    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern or template cannot be used.</exception>
    public Identifier(Target target, IReadOnlyList<string>? templates = null)
    {
        Target = target;
        rules = new PopRules(target.Pops);
        root = target.Preset is { } preset && Presets.FindRoot(preset) is { } found ? new RootShapes(found, target.Pops) : null;

        // At a root server a name of another shape is not the letter's, whatever code it holds.
        this.templates = new HostTemplates(target.Pops, templates ?? []);
        guess = new CityGuess(target.Pops);
        boundaries = [.. rules.Boundaries.Concat(guess.Boundaries).Distinct().Order()];
    }

    /// <summary>The target that it was made for.</summary>
    public Target Target { get; }

    /// <summary>
    /// The number of the period that an instant lies in. Within one, no rule begins or ends, so that answers may be kept by
    /// (identity, source, period).
    /// </summary>
    public int Period(DateTimeOffset at)
    {
        var index = Array.BinarySearch(boundaries, at);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>Says what an identity is.</summary>
    /// <param name="identity">What was answered. It is normalised here too, so that it may come from anywhere.</param>
    /// <param name="source">The question it answered: <c>id.server</c>, <c>hostname.bind</c>, <c>nsid</c> …</param>
    /// <param name="at">When; rules have dates.</param>
    /// <param name="sighting">Where from and how fast, where known: allows a guess that no country code supports.</param>
    public Identification Identify(string identity, string source, DateTimeOffset at, Sighting? sighting = null)
    {
        var verdict = Decide(identity, source, at);
        return verdict.Guess is not { } candidate || sighting is not { } seen ? verdict.Answer
            : candidate.Agrees(seen) ? candidate.ByLight : Unknown(verdict.Answer.Identity, source);
    }

    /// <summary>A rule that the operator may want to add for an unknown identity; null when nothing in it names one of the PoPs.</summary>
    public RuleSuggestion? Suggest(string identity, string source, DateTimeOffset at)
    {
        var verdict = Decide(identity, source, at);
        return verdict.Answer.Class == IdentityClass.Unknown ? guess.Suggest(verdict.Answer.Identity, at) : null;
    }

    private Verdict Decide(string identity, string source, DateTimeOffset at)
    {
        // Not even as a key of the cache is a text of 64 KiB welcome.
        var text = identity.Length > IdentityText.MaximumLength ? identity[..IdentityText.MaximumLength] : identity;
        return cache.GetOrAdd(new Question(text, source, Period(at)), (Self: this, At: at), static (question, state) => state.Self.Work(question, state.At));
    }

    private Verdict Work(Question question, DateTimeOffset at)
    {
        var source = question.Source;
        if (IdentityText.Normalise(question.Identity) is not { } identity)
        {
            return new Verdict(Unknown("", source), null);
        }

        if (Target.IsAnonymous)
        {
            return new Verdict(Intercepted(identity, source, Interceptors.Family(identity) ?? "the target's servers never say who they are"), null);
        }

        var found = rules.Find(identity, source, at)
            ?? (Interceptors.Family(identity) is { } family ? Intercepted(identity, source, family) : null)
            ?? (root is null ? templates.Find(identity, source) : null);
        if (found is not null)
        {
            return new Verdict(found, null);
        }

        if (root is not null)
        {
            if (root.TryRead(identity, source, out found, out var code, out var server))
            {
                return found is not null ? new Verdict(found, null) : guess.FromSiteCode(identity, source, code!, server, root.Codes, at);
            }

            return new Verdict(Interceptors.Word(identity) is { } tell ? Intercepted(identity, source, tell) : Unknown(identity, source), null);
        }

        return Interceptors.Word(identity) is { } word
            ? new Verdict(Intercepted(identity, source, word), null)
            : guess.FromName(identity, source, at);
    }

    private static Identification Intercepted(string identity, string source, string family) =>
        new(identity, source, IdentityClass.Interceptor, null, null, $"interceptor: {family}", Confidence.Single);

    internal static Identification Unknown(string identity, string source) =>
        new(identity, source, IdentityClass.Unknown, null, null, null, null);

    private readonly record struct Question(string Identity, string Source, int Period);
}

/// <summary>What is remembered of an identity: what it is, and what it would be if light agreed.</summary>
internal sealed record Verdict(Identification Answer, GuessCandidate? Guess);
