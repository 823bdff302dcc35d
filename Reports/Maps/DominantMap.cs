using Reports.Canvas;

namespace Reports.Maps;

/// <summary>How sure a country's dominant PoP is.</summary>
internal enum CountryVerdict
{
    /// <summary>It has half of the weight or more.</summary>
    Clear,

    /// <summary>It has the largest share, but less than half.</summary>
    Contested,

    /// <summary>Too few probes to say.</summary>
    TooFew,
}

/// <summary>A country as a map shows it.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Pop">Its dominant PoP; null when there are too few probes to say.</param>
/// <param name="Verdict">How sure that is.</param>
internal sealed record CountryShade(string Country, string? Pop, CountryVerdict Verdict);

/// <summary>The PoP that dominates each country.</summary>
internal static class DominantMap
{
    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="pops">The PoPs in their configured order, which decides their colours.</param>
    /// <param name="countries">The countries of which there is data; the others stay plain.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(MapSubject subject, IReadOnlyList<MapPop> pops, IReadOnlyList<CountryShade> countries, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var title = $"{subject.Name} · dominant PoP by country";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var palette = new PopPalette(pops, countries.Select(country => country.Pop));
            var known = countries.Where(country => country is { Pop: not null, Verdict: not CountryVerdict.TooFew }).ToList();
            var legend = Legend(format, palette, pops, known, countries.Count - known.Count);
            var sheet = new MapSheet(canvas, format, legend.Height);
            sheet.Ground();
            sheet.Heading("Which PoP does each country use most?", title, $"{subject.Period} · {subject.Denominators}");
            sheet.InFrame(() =>
            {
                using (canvas.Group("Countries"))
                {
                    foreach (var country in countries.OrderBy(country => country.Country, StringComparer.Ordinal))
                    {
                        Countries.Fill(sheet, country.Country, Paint(palette, country, sheet.Unit));
                    }

                    sheet.Lines();
                    foreach (var country in known.OrderBy(country => country.Country, StringComparer.Ordinal))
                    {
                        Countries.Dot(sheet, country.Country, palette.ColourOf(country.Pop!));
                    }
                }
            });
            var used = known.CountBy(country => country.Pop!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            sheet.Stars([.. pops.OrderByDescending(pop => used.GetValueOrDefault(pop.Code)).ThenBy(pop => palette.IndexOf(pop.Code))], palette.ColourOf);
            legend.Draw(canvas, sheet.Legend.Left, sheet.Legend.Top);
        });
    }

    private static Paint Paint(PopPalette palette, CountryShade country, double unit) => country switch
    {
        { Pop: null } or { Verdict: CountryVerdict.TooFew } => Countries.TooFew(unit),
        { Verdict: CountryVerdict.Contested } => Countries.Contested(palette.ColourOf(country.Pop), unit),
        _ => palette.ColourOf(country.Pop),
    };

    private static LegendGrid Legend(MapFormat format, PopPalette palette, IReadOnlyList<MapPop> pops, List<CountryShade> known, int tooFew)
    {
        var cities = pops.GroupBy(pop => pop.Code, StringComparer.Ordinal).ToDictionary(pop => pop.Key, pop => pop.First().City, StringComparer.Ordinal);
        var counts = known.CountBy(country => country.Pop!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var entries = palette.Codes.OrderByDescending(code => counts.GetValueOrDefault(code)).ThenBy(palette.IndexOf).Select(code => new LegendEntry(
            new LegendSign.Area(palette.ColourOf(code)), code, cities.GetValueOrDefault(code) ?? "", MapText.Count(counts.GetValueOrDefault(code)), "")).ToList();
        LegendEntry[] tail =
        [
            new(new LegendSign.Area(Countries.Contested(MapTheme.Muted, format.Unit)), "contested", "", MapText.Count(known.Count(c => c.Verdict == CountryVerdict.Contested)), ""),
            new(new LegendSign.Area(Countries.TooFew(format.Unit)), "too few probes", "", MapText.Count(tooFew), ""),
            new(new LegendSign.Area(MapTheme.Land), "no data", "", "", ""),
        ];
        return new LegendGrid(entries, tail, left => new LegendEntry(new LegendSign.None(), $"{left.Count} more", "", "", ""), format.TextWidth, format.Unit);
    }
}
