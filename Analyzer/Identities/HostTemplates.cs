using System.Text.RegularExpressions;
using Collector.Configuration;
using Collector.Network;

namespace Analyzer.Identities;

/// <summary>Patterns that carry a PoP's code in a <c>pop</c> group: the operator's, then those of well-known DNS networks.</summary>
internal sealed class HostTemplates
{
    // Where the hosters' forms come from: the NSID answers of European country-code domains, May 2026, and id.server answers of Cloudflare.
    private static readonly Template[] Shipped =
    [
        Ship("the code alone", "^(?<pop>[a-z][a-z0-9-]{2,15})$"),
        Ship("PCH", @"^(?<server>[0-9]+)\.(?<pop>[a-z]{3})[0-9]?\.pch$"),
        Ship("Netnod", @"^(?<server>s[0-9]+)\.(?<pop>[a-z]{3})$"),
        Ship("RcodeZero", "^tld-all-(?<pop>[a-z]{3})(?<server>[0-9]+)(@[0-9]+)?$"),
        Ship("Afnic", @"^dns\.(?<pop>[a-z0-9]{3})\.nic\.fr$"),
    ];

    private readonly Dictionary<string, Pop> pops;
    private readonly Template[] templates;

    /// <exception cref="ConfigurationException">A template cannot be used.</exception>
    public HostTemplates(IEnumerable<Pop> pops, IReadOnlyList<string> templates)
    {
        this.pops = pops.DistinctBy(pop => pop.Code, StringComparer.OrdinalIgnoreCase).ToDictionary(pop => pop.Code, StringComparer.OrdinalIgnoreCase);
        this.templates = [.. templates.Select(Read), .. Shipped];
    }

    public Identification? Find(string identity, string source)
    {
        foreach (var template in templates)
        {
            if (template.Regex.Match(identity) is { Success: true } match && match.Group("pop") is { } code && pops.TryGetValue(code, out var pop))
            {
                return new Identification(identity, source, IdentityClass.Pop, pop, match.Group("server"), template.Words, Confidence.Single);
            }
        }

        return null;
    }

    private static Template Read(string pattern, int index)
    {
        var key = $"IdentityTemplates:{index}";
        var regex = IdentityRegex.Operators(pattern, key);
        return regex.GroupNumberFromName("pop") >= 0
            ? new Template(regex, $"template {pattern}")
            : throw new ConfigurationException($"{key} is {pattern}; allowed: a regular expression with a group (?<pop>…), and optionally (?<server>…)");
    }

    private static Template Ship(string name, string pattern) => new(IdentityRegex.Ours(pattern), $"template {name}");

    private sealed record Template(Regex Regex, string Words);
}
