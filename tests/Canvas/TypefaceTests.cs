using Reports.Canvas;
using Xunit;

namespace Tests.Canvas;

public class TypefaceTests
{
    // Widths and kerning as in Inter 4.001's own tables (2048 units per em).
    [Theory]
    [InlineData("A", 1413)]
    [InlineData("AV", 1413 + 1413 - 140)]
    [InlineData("To", 1322 + 1228 - 160)]
    [InlineData("LT", 1158 + 1322 - 197)]
    [InlineData("1→", 833 + 1954)]
    public void Advances_and_kerning_are_the_typefaces_own(string text, int units) =>
        Assert.Equal(units, Typeface.Of(FontWeight.Regular).Measure(text, 2048));

    [Fact]
    public void The_letters_of_european_names_are_there()
    {
        var face = Typeface.Of(FontWeight.Regular);
        var box = face.Place("□", tabular: false, out _)[0].Glyph;
        foreach (var c in "ÀÉÎÕÜßæøåŁőžșțğıİŇŘŞŸ–—…·“”„«»→←★●×≥≤−€°ЖжΩλ")
        {
            Assert.NotEqual(box, Assert.Single(face.Place(c.ToString(), tabular: false, out _)).Glyph);
        }
    }

    [Fact]
    public void What_the_typeface_lacks_shows_as_a_box()
    {
        var face = Typeface.Of(FontWeight.Regular);
        Assert.Equal(face.Place("□", tabular: false, out _)[0].Glyph, face.Place("漢", tabular: false, out _)[0].Glyph);
        Assert.Single(face.Place("😀", tabular: false, out _));
    }

    [Fact]
    public void Tabular_figures_are_all_equally_wide()
    {
        var style = new TextStyle(20, default) { Tabular = true };
        Assert.Equal(style.Measure("11,111"), style.Measure("88,888"));
        Assert.NotEqual(new TextStyle(20, default).Measure("11,111"), new TextStyle(20, default).Measure("88,888"));
    }

    [Fact]
    public void A_text_too_wide_is_cut_and_ends_in_an_ellipsis()
    {
        var style = new TextStyle(20, default);
        Assert.Equal("short", style.Fit("short", 100));
        var cut = style.Fit(new string('W', 50_000), 100);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.InRange(style.Measure(cut), 75, 100);
        Assert.Equal("…", style.Fit("WWW", 20));
    }

    [Theory]
    [InlineData("a\r\nb\tc\0d", "a  b c d")]
    [InlineData("evil\u202egnp.exe", "evilgnp.exe")]
    [InlineData("zero\u200bwidth\ufeff", "zerowidth")]
    [InlineData("line\u2028break", "line break")]
    [InlineData("Ljubljana", "Ljubljana")]
    public void Hostile_text_becomes_one_harmless_line(string text, string expected) => Assert.Equal(expected, DisplayText.Clean(text));

    [Fact]
    public void Halves_of_pairs_and_noncharacters_are_replaced()
    {
        Assert.Equal("half \ufffd pair", DisplayText.Clean("half \ud800 pair"));
        Assert.Equal("non\ufffdcharacter", DisplayText.Clean("non\uffffcharacter"));
    }
}
