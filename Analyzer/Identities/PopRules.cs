using System.Text.RegularExpressions;
using Collector.Network;

namespace Analyzer.Identities;

/// <summary>The operator's own list: what each PoP's servers answer with. Names first, then patterns, in the order of the list.</summary>
internal sealed class PopRules
{
    private readonly Dictionary<string, List<Rule>> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Rule> patterns = [];

    /// <exception cref="Collector.Configuration.ConfigurationException">A pattern cannot be used.</exception>
    public PopRules(IEnumerable<Pop> pops)
    {
        foreach (var pop in pops)
        {
            foreach (var identity in pop.Identities)
            {
                var rule = new Rule(pop, identity, IdentityRegex.Operators(identity.Pattern, $"Identities of PoP {pop.Code}"));
                patterns.Add(rule);
                if (!names.TryGetValue(identity.Pattern, out var named))
                {
                    names.Add(identity.Pattern, named = []);
                }

                named.Add(rule);
            }
        }
    }

    /// <summary>The instants at which what holds changes.</summary>
    public IEnumerable<DateTimeOffset> Boundaries =>
        patterns.SelectMany(rule => new[] { rule.Identity.ValidFrom, rule.Identity.ValidTo }).OfType<DateTimeOffset>();

    public Identification? Find(string identity, string source, DateTimeOffset at)
    {
        if (names.TryGetValue(identity, out var named))
        {
            foreach (var rule in named)
            {
                if (rule.Holds(source, at))
                {
                    return rule.Says(identity, source, server: null, $"name {rule.Identity.Pattern}");
                }
            }
        }

        foreach (var rule in patterns)
        {
            if (rule.Holds(source, at) && rule.Regex.Match(identity) is { Success: true } match)
            {
                return rule.Says(identity, source, match.Group("server"), $"pattern {rule.Identity.Pattern}");
            }
        }

        return null;
    }

    private sealed record Rule(Pop Pop, IdentityPattern Identity, Regex Regex)
    {
        public bool Holds(string source, DateTimeOffset at) =>
            (Identity.Source is null || Identity.Source.Equals(source, StringComparison.OrdinalIgnoreCase))
            && (Identity.ValidFrom is null || Identity.ValidFrom <= at)
            && (Identity.ValidTo is null || Identity.ValidTo > at);

        public Identification Says(string identity, string source, string? server, string words) =>
            new(identity, source, IdentityClass.Pop, Pop, server, words, Confidence.Single);
    }
}
