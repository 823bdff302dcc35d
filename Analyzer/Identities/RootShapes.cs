using System.Text.RegularExpressions;
using Collector.Network;

namespace Analyzer.Identities;

/// <summary>Reads the identities of one root server: its shapes, with the site code looked up in the published table.</summary>
/// <remarks>
/// What has another shape is not this letter's and can never be one of its PoPs. What has the shape, and a code that the
/// table does not know, is a newer site: the caller may guess.
/// </remarks>
internal sealed class RootShapes(RootServer root, IReadOnlyList<Pop> pops)
{
    private readonly Regex[] shapes = [.. root.Shapes.Select(IdentityRegex.Ours)];

    // The operator may have given the preset PoPs of their own: those answer by their code.
    private readonly Dictionary<string, Pop> byCode =
        pops.DistinctBy(pop => pop.Code, StringComparer.OrdinalIgnoreCase).ToDictionary(pop => pop.Code, StringComparer.OrdinalIgnoreCase);

    // Earlier names left the country out; a town is then as good as its code where only one site of the letter has it.
    private readonly Dictionary<string, string> codeByTown = root.Sites.Keys
        .Where(code => code.Length == 6 && code[2] == '-')
        .GroupBy(code => code[3..], StringComparer.OrdinalIgnoreCase)
        .Where(codes => codes.Count() == 1)
        .ToDictionary(codes => codes.Key, codes => codes.First(), StringComparer.OrdinalIgnoreCase);

    public SiteCodes Codes => root.Codes;

    /// <summary>Whether it has one of the letter's shapes; then its PoP, or the code that the table does not know.</summary>
    public bool TryRead(string identity, string source, out Identification? found, out string? unknownCode, out string? server)
    {
        (found, unknownCode, server) = (null, null, null);
        foreach (var shape in shapes)
        {
            if (shape.Match(identity) is not { Success: true } match)
            {
                continue;
            }

            server = match.Group("server");
            var town = match.Group("town");
            var withCountry = match.Group("pop") ?? (match.Group("country") is { } country ? $"{country}-{town}" : null);
            var code = withCountry ?? codeByTown.GetValueOrDefault(town!);
            if (code is not null && PopOf(code) is { } pop)
            {
                // A town without its country was named before the codes of today: an airport's code, perhaps.
                var confidence = withCountry is null ? Confidence.Guessed : Confidence.Single;
                found = new Identification(identity, source, IdentityClass.Pop, pop, server, $"{root.Name} site {code.ToLowerInvariant()}", confidence);
            }
            else
            {
                unknownCode = withCountry ?? town;
            }

            return true;
        }

        return false;
    }

    private Pop? PopOf(string code) =>
        root.Sites.TryGetValue(code, out var site) && byCode.TryGetValue(site.Code, out var pop) ? pop : byCode.GetValueOrDefault(code);
}
