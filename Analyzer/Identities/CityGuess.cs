using System.Text;
using System.Text.RegularExpressions;
using Collector.Geography;
using Collector.Network;

namespace Analyzer.Identities;

/// <summary>Guesses a PoP from a city code in a name that no rule knows. It never names a place where the target has no PoP.</summary>
/// <remarks>
/// Three letters mean too much to be believed alone: <c>us-cgh</c> is Chicago and CGH an airport of São Paulo. So the name must
/// hold the PoP's country beside them, or its top-level domain be that country's, or the speed of light leave no other place.
/// </remarks>
internal sealed class CityGuess(IReadOnlyList<Pop> pops)
{
    /// <summary>The instants at which PoPs come and go.</summary>
    public IEnumerable<DateTimeOffset> Boundaries => pops.SelectMany(pop => new[] { pop.Since, pop.Until }).OfType<DateTimeOffset>();

    // How far a PoP may be from the place that its servers name: another airport of the town, its suburbs.
    private const double SamePlaceKm = 50;

    // Airports too, but in a host name they are hardly ever meant.
    private static readonly HashSet<string> HostWords =
        new(["all", "any", "com", "dns", "ext", "int", "net", "nic", "org", "pop", "pub", "rec", "res", "sec", "srv", "tld", "www"], StringComparer.Ordinal);

    private readonly ILookup<string, Pop> byCode = pops.ToLookup(pop => pop.Code, StringComparer.OrdinalIgnoreCase);

    private readonly ILookup<string, Pop> byCity = pops
        .Where(pop => pop.City is { Length: >= 4 })
        .ToLookup(pop => NameToken.Join(pop.City!), StringComparer.Ordinal);

    /// <summary>What a name of any form may stand for.</summary>
    public Verdict FromName(string identity, string source, DateTimeOffset at)
    {
        var unknown = Identifier.Unknown(identity, source);
        var readings = Read(identity, at);
        var agreeing = readings.Where(reading => reading.CountryAgrees).ToList();
        var meant = agreeing.Count > 0 ? agreeing : readings;
        if (meant.Select(reading => reading.Pop).Distinct().Take(2).Count() != 1)
        {
            return new Verdict(unknown, null);
        }

        var best = meant[0];
        var guess = new Identification(identity, source, IdentityClass.Pop, best.Pop, null, $"guess: {best.Words}", Confidence.Guessed);
        return new Verdict(best.CountryAgrees ? guess : unknown, new GuessCandidate(guess, best.CountryAgrees, best.Elsewhere));
    }

    /// <summary>What a site code that is newer than the table may stand for.</summary>
    public Verdict FromSiteCode(string identity, string source, string code, string? server, SiteCodes codes, DateTimeOffset at)
    {
        var verdict = codes == SiteCodes.Own ? new Verdict(Identifier.Unknown(identity, source), null) : FromName(code, source, at);
        Identification Full(Identification answer) => answer with { Identity = identity, Server = answer.Pop is null ? null : server };
        return new Verdict(Full(verdict.Answer), verdict.Guess is { } guess ? guess with { ByLight = Full(guess.ByLight) } : null);
    }

    /// <summary>A rule for a name that names one PoP, though nothing supports it.</summary>
    public RuleSuggestion? Suggest(string identity, DateTimeOffset at)
    {
        var readings = Read(identity, at);
        if (readings.Select(reading => reading.Pop).Distinct().Take(2).Count() != 1)
        {
            return null;
        }

        return new RuleSuggestion(Generalise(identity), readings[0].Pop, readings[0].Words);
    }

    private List<Reading> Read(string identity, DateTimeOffset at)
    {
        var readings = new List<Reading>();
        var tokens = NameToken.Split(identity);
        for (var index = 0; index < tokens.Count; index++)
        {
            ReadToken(tokens, index, identity, at, readings);
        }

        return readings;
    }

    private void ReadToken(List<NameToken> tokens, int index, string identity, DateTimeOffset at, List<Reading> readings)
    {
        var token = tokens[index];
        if (token.Word.Length >= 3)
        {
            var named = byCode[token.Text].Concat(byCode[token.Word]).Distinct().ToList();
            if (named.Count > 0)
            {
                named.ForEach(pop => Add(pop, pop.Country, index, $"{token.Word} is the code of", Places.Airport(token.Word)));
            }
            else if (token.Word.Length == 3 && !HostWords.Contains(token.Word))
            {
                var places = Places.Airport(token.Word);
                AddNear(places, index, token.Word, places);
            }
        }

        ReadLocode(tokens, index, AddSure);

        // Up to three words make a town: new-york, rio-de-janeiro.
        var name = new StringBuilder();
        for (var last = index; last < Math.Min(index + 3, tokens.Count) && name.Length + tokens[last].Text.Length <= 32; last++)
        {
            var town = name + tokens[last].Word;
            if (town.Length >= 4)
            {
                var text = identity[token.Start..tokens[last].End];
                var cities = Places.City(town);
                foreach (var pop in byCity[town])
                {
                    Add(pop, pop.Country, last, $"{text} is the city of", cities);
                }

                AddNear(cities, last, text, cities);
            }

            name.Append(tokens[last].Text.ToLowerInvariant());
        }

        void AddNear(IReadOnlyList<Place> places, int last, string text, IReadOnlyList<Place> homonyms)
        {
            foreach (var place in places)
            {
                foreach (var pop in Near(place))
                {
                    Add(pop, place.Country, last, $"{text} is {place.Name}, near", homonyms);
                }
            }
        }

        void AddSure(Place place, string text)
        {
            foreach (var pop in Near(place).Where(pop => pop.IsActive(at, at.AddTicks(1))))
            {
                readings.Add(new Reading(pop, true, $"{text} is {place.Name}, near {pop.Code}", []));
            }
        }

        void Add(Pop pop, string? country, int last, string words, IReadOnlyList<Place> homonyms)
        {
            if (pop.IsActive(at, at.AddTicks(1)) && CountryBeside(tokens, index, last, identity, country) is var said && said != false)
            {
                var elsewhere = homonyms.Select(place => place.Position).Where(place => GreatCircle.DistanceKm(place, pop.Position) > 2 * SamePlaceKm);
                readings.Add(new Reading(pop, said == true, $"{words} {pop.Code}" + (said == true ? $", and {country} agrees" : ""), [.. elsewhere]));
            }
        }
    }

    /// <summary>A country code and three letters, side by side or as one word: nl-ams, ams.nl, nlams.</summary>
    private static void ReadLocode(List<NameToken> tokens, int index, Action<Place, string> add)
    {
        var word = tokens[index].Word;
        if (word.Length == 5)
        {
            Each(word[..2], word[2..], word);
        }

        if (word.Length == 3)
        {
            foreach (var neighbour in Neighbours(tokens, index, index))
            {
                Each(neighbour, word, $"{neighbour}-{word}");
            }
        }

        void Each(string country, string code, string text)
        {
            foreach (var place in Countries.Find(country) is { } known ? Places.Locode(known.Alpha2, code) : [])
            {
                add(place, text);
            }
        }
    }

    // A town's own airport may lie farther out than the next town does, so farther away the names must be the same.
    private IEnumerable<Pop> Near(Place place) => pops.Where(pop =>
        (pop.Country is null || pop.Country.Equals(place.Country, StringComparison.OrdinalIgnoreCase))
        && GreatCircle.DistanceKm(pop.Position, place.Position) is var distance
        && (distance <= SamePlaceKm || (distance <= 2 * SamePlaceKm && place.Name.Equals(pop.City, StringComparison.OrdinalIgnoreCase))));

    /// <summary>Whether the name says this country beside the tokens or at its end, another one, or none.</summary>
    private static bool? CountryBeside(List<NameToken> tokens, int first, int last, string identity, string? country)
    {
        if (country is null)
        {
            return null;
        }

        var word = tokens[first].Word;
        if (word.Length == 5 && first == last && Same(word[..2], country))
        {
            return true;
        }

        bool? said = null;
        foreach (var neighbour in Neighbours(tokens, first, last).Where(neighbour => Countries.Find(neighbour) is not null))
        {
            if (Same(neighbour, country))
            {
                return true;
            }

            said = false;
        }

        // A domain of the same country supports the guess; one of another country says nothing, since operators go abroad.
        var end = tokens[^1];
        return said ?? (last < tokens.Count - 1 && identity[end.Start - 1] == '.' && Same(end.Text, country) ? true : null);
    }

    private static IEnumerable<string> Neighbours(List<NameToken> tokens, int first, int last)
    {
        if (first > 0 && tokens[first - 1].Word.Length == 2)
        {
            yield return tokens[first - 1].Word;
        }

        if (last + 1 < tokens.Count && tokens[last + 1].Word.Length == 2)
        {
            yield return tokens[last + 1].Word;
        }
    }

    private static bool Same(string code, string country) => Countries.Find(code)?.Alpha2.Equals(country, StringComparison.OrdinalIgnoreCase) ?? false;

    // ns1.fmt.example.net becomes ^(?<server>ns[0-9]+)\.fmt\.example\.net$: numbers change from server to server, names do not.
    private static string Generalise(string identity)
    {
        var pattern = Regex.Replace(Regex.Escape(identity), "[0-9]+", "[0-9]+", RegexOptions.NonBacktracking);
        var dot = pattern.IndexOf(@"\.", StringComparison.Ordinal);
        return dot > 0 && pattern[..dot].Contains("[0-9]+", StringComparison.Ordinal) ? $"^(?<server>{pattern[..dot]}){pattern[dot..]}$" : $"^{pattern}$";
    }

    private sealed record Reading(Pop Pop, bool CountryAgrees, string Words, IReadOnlyList<GeoPoint> Elsewhere);
}
