using System.Text.Json;
using Analyzer.Identities;
using Collector.Geography;
using Collector.Network;
using Xunit;

namespace Tests.Identities;

/// <summary>Guesses held against what name servers of European country-code domains answered in May 2026.</summary>
public sealed class CityGuessCorpusTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = new(2026, 5, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Real_names_are_guessed_right_or_not_at_all()
    {
        var rows = Read().ToList();
        var (right, wrong, none, rightByLight) = (0, new List<string>(), 0, 0);
        foreach (var server in rows.GroupBy(row => row.Server))
        {
            // The codes are made up, so that nothing but a place can be recognised.
            var places = server.Select(row => row.Place).Distinct().ToList();
            var identifier = new Identifier(new Target("x") { Pops = [.. places.Select((place, index) => new Pop($"site-{index}", place.Position) { City = place.Name, Country = place.Country })] });
            foreach (var (_, identity, place) in server)
            {
                var found = identifier.Identify(identity, "nsid", Now);
                var seen = identifier.Identify(identity, "nsid", Now, new Sighting(place.Position, 3));
                foreach (var pop in new[] { found.Pop, seen.Pop }.OfType<Pop>().Where(pop => GreatCircle.DistanceKm(pop.Position, place.Position) > 100))
                {
                    wrong.Add($"{identity} ({place.Name}) is not {pop.City}");
                }

                right += found.Pop is null ? 0 : 1;
                none += found.Pop is null ? 1 : 0;
                rightByLight += seen.Pop is null ? 0 : 1;
            }
        }

        output.WriteLine($"{rows.Count} names: {right} guessed by country, {none} not; {rightByLight} guessed when seen from their own town; wrong: {string.Join("; ", wrong.Distinct())}");
        Assert.Empty(wrong);
        Assert.True(right >= 15, $"{right} guessed by country");
        Assert.True(rightByLight >= rows.Count / 2, $"{rightByLight} of {rows.Count} guessed by light");
    }

    private static IEnumerable<(string Server, string Identity, Place Place)> Read()
    {
        foreach (var line in Corpus.Lines("sites/cctld-nsid-observations.ndjson"))
        {
            using var row = JsonDocument.Parse(line);
            string Text(string name) => row.RootElement.GetProperty(name).GetString()!;
            if (Text("city") is { Length: > 0 } city && Places.City(city, Text("country_code")) is [var place, ..])
            {
                yield return (Text("nameserver"), Text("nsid_raw"), place);
            }
        }
    }
}
