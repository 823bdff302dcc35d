using Collector.Geography;
using Reports.Canvas;
using Reports.Maps;
using Tests.Canvas;
using Xunit;

namespace Tests.Maps;

public class CountryMapTests
{
    private static readonly MapSubject Subject = new("ns1.example.net", 4, "2026-W46", 12, 11, 10);

    private static readonly MapPop[] Pops =
    [
        new("GRU", "São Paulo", new GeoPoint(-23.5, -46.6)),
        new("JNB", "Johannesburg", new GeoPoint(-26.2, 28)),
        new("SYD", "Sydney", new GeoPoint(-33.9, 151.2)),
    ];

    private static readonly CountryShade[] Now =
    [
        new("BR", "GRU", CountryVerdict.Clear),
        new("AU", "SYD", CountryVerdict.Clear),
        new("DZ", "JNB", CountryVerdict.Contested),
        new("RU", null, CountryVerdict.TooFew),
        new("SC", "JNB", CountryVerdict.Clear),
        new("AR", "JNB", CountryVerdict.Clear),
        new("ZZ", "JNB", CountryVerdict.Clear),
    ];

    private static readonly CountryShade[] Before =
    [
        new("BR", "GRU", CountryVerdict.Contested),
        new("AU", null, CountryVerdict.TooFew),
        new("DZ", "GRU", CountryVerdict.Clear),
        new("AR", "GRU", CountryVerdict.Clear),
        new("CA", "GRU", CountryVerdict.Clear),
    ];

    [Fact]
    public void A_small_dominance_map_is_drawn_as_it_was() =>
        Golden.Check("dominant", DominantMap.Of(Subject, Pops, Now, new MapFormat(480, 270)));

    [Fact]
    public void A_small_change_map_is_drawn_as_it_was() =>
        Golden.Check("change", ChangeMap.Of(Subject, "2026-W45", Pops, Before, Now, new MapFormat(480, 270)));

    [Fact]
    public void A_clear_country_is_solid_a_contested_one_striped_and_too_few_probes_never_give_a_colour()
    {
        var palette = new PopPalette(Pops, []);
        Assert.Equal([palette.ColourOf("GRU")], Colours("BR"));
        Assert.Equal([palette.ColourOf("SYD")], Colours("AU"));
        Assert.Contains(palette.ColourOf("JNB"), Colours("DZ"));
        Assert.True(Colours("DZ").Count > 2);
        Assert.DoesNotContain(Colours("RU"), colour => Math.Max(colour.R, Math.Max(colour.G, colour.B)) - Math.Min(colour.R, Math.Min(colour.G, colour.B)) > 30);
        Assert.Equal([MapTheme.Land], Colours("CA"));
    }

    [Fact]
    public void Only_what_both_weeks_know_can_have_changed()
    {
        // DZ and AR went from GRU to JNB. AU had too few probes before, CA has no data now, SC and ZZ had none before, RU has too few.
        var picture = ChangeMap.Of(Subject, "2026-W45", Pops, Before, Now);
        Assert.EndsWith("2 countries changed their dominant PoP", picture.Title, StringComparison.Ordinal);
        var texts = MapTexts.Of(picture);
        Assert.Equal("2", texts.Skip(texts.LastIndexOf("GRU → JNB") + 1).First());
        Assert.Equal("1", texts.After("unchanged"));
        Assert.Equal("5", texts.After("cannot be compared"));
        Assert.Contains("2026-W46 against 2026-W45 · 12 probes asked, 11 answered, 10 attributed", texts);
    }

    [Fact]
    public void When_nothing_changed_the_map_says_so() =>
        Assert.EndsWith("no country changed its dominant PoP", ChangeMap.Of(Subject, "2026-W45", Pops, Now, Now).Title, StringComparison.Ordinal);

    // Colours of a patch around the middle of a country.
    private static HashSet<Colour> Colours(string country)
    {
        var image = PngReader.Read(DominantMap.Of(Subject, Pops, Now).ToPng());

        // In the middle of nowhere in each country, away from stars, labels, lakes and borders.
        var place = country switch
        {
            "BR" => new GeoPoint(-8, -53),
            "AU" => new GeoPoint(-24, 134),
            "DZ" => new GeoPoint(28, 2.5),
            "RU" => new GeoPoint(62, 95),
            "CA" => new GeoPoint(58, -105),
            _ => throw new ArgumentOutOfRangeException(nameof(country)),
        };
        var sheet = new MapSheet(new PngCanvas(1600, 900), new MapFormat(), legendHeight: 58);
        var spot = sheet.Frame.Place(place)!.Value;
        var (x, y) = ((int)spot.X, (int)spot.Y);
        var colours = new HashSet<Colour>();
        for (var dx = -12; dx <= 12; dx++)
        {
            for (var dy = -4; dy <= 4; dy++)
            {
                var (r, g, b) = image.At(x + dx, y + dy);
                colours.Add(new Colour((byte)r, (byte)g, (byte)b));
            }
        }

        return colours;
    }
}
