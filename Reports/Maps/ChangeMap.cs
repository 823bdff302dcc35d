using Reports.Canvas;

namespace Reports.Maps;

/// <summary>Countries whose dominant PoP is another one than in an earlier period.</summary>
/// <remarks>A country of which one of the two periods says nothing has not changed: "no data" is not "changed".</remarks>
internal static class ChangeMap
{
    private static readonly Colour Same = MapTheme.Coast.Mix(MapTheme.Land, 0.6);

    /// <summary>Draws the map.</summary>
    /// <param name="subject">What it is about, now.</param>
    /// <param name="earlier">The period compared with, as the reader should see it.</param>
    /// <param name="pops">The PoPs in their configured order, which decides their colours.</param>
    /// <param name="before">The countries then.</param>
    /// <param name="now">The countries now.</param>
    /// <param name="format">Size and view.</param>
    public static MapPicture Of(
        MapSubject subject, string earlier, IReadOnlyList<MapPop> pops, IReadOnlyList<CountryShade> before, IReadOnlyList<CountryShade> now, MapFormat? format = null)
    {
        format ??= new MapFormat();
        var then = Dominant(before);
        var today = Dominant(now);
        var changes = today.Where(country => then.TryGetValue(country.Key, out var pop) && pop != country.Value)
            .Select(country => (Country: country.Key, From: then[country.Key], To: country.Value)).OrderBy(change => change.Country, StringComparer.Ordinal).ToList();
        var same = today.Keys.Where(country => then.TryGetValue(country, out var pop) && pop == today[country]).Order(StringComparer.Ordinal).ToList();
        var unsaid = before.Concat(now).Select(country => country.Country).Distinct(StringComparer.Ordinal).Count() - changes.Count - same.Count;
        var title = $"{subject.Name} · {Sentence(changes.Count)}";
        return new MapPicture(title, format.Width, format.Height, canvas =>
        {
            var palette = new PopPalette(pops, before.Concat(now).Select(country => country.Pop));
            var legend = Legend(format, palette, changes, same.Count, unsaid);
            var sheet = new MapSheet(canvas, format, legend.Height);
            sheet.Ground();
            sheet.Heading("Where did the dominant PoP change?", title, $"{subject.Period} against {earlier} · {subject.Denominators}");
            sheet.InFrame(() =>
            {
                using (canvas.Group("Countries"))
                {
                    same.ForEach(country => Countries.Fill(sheet, country, Same));
                    changes.ForEach(change => Countries.Fill(sheet, change.Country, Paint(palette, change.From, change.To, sheet.Unit)));
                    sheet.Lines();
                    changes.ForEach(change => Countries.Dot(sheet, change.Country, palette.ColourOf(change.To)));
                }
            });
            Labels(sheet, changes);
            legend.Draw(canvas, sheet.Legend.Left, sheet.Legend.Top);
        });
    }

    // The new PoP's colour, with thin stripes of the old one's.
    private static Paint.Stripes Paint(PopPalette palette, string from, string to, double unit) =>
        new(palette.ColourOf(from), palette.ColourOf(to), 11 * unit, 3 * unit, 45);

    private static Dictionary<string, string> Dominant(IReadOnlyList<CountryShade> countries) => countries
        .Where(country => country is { Pop: not null, Verdict: not CountryVerdict.TooFew })
        .DistinctBy(country => country.Country, StringComparer.Ordinal)
        .ToDictionary(country => country.Country, country => country.Pop!, StringComparer.Ordinal);

    private static string Sentence(int changes) => changes switch
    {
        0 => "no country changed its dominant PoP",
        1 => "one country changed its dominant PoP",
        _ => $"{MapText.Count(changes)} countries changed their dominant PoP",
    };

    // Large countries first: their labels are the ones that find room. Neighbours that went the same way share one.
    private static void Labels(MapSheet sheet, List<(string Country, string From, string To)> changes)
    {
        var geometry = MapGeometry.For(sheet.Frame);
        var style = sheet.Style(18, MapTheme.Ink, FontWeight.SemiBold) with { Halo = MapTheme.Paper, HaloWidth = 3 * sheet.Unit };
        var labels = new LabelPlacer(sheet.Frame.Box);
        var said = new List<(string From, string To, Spot At)>();
        using (sheet.Canvas.Group("Changes"))
        {
            foreach (var (_, from, to, middle) in changes.Select(change => (change.Country, change.From, change.To, Middle: geometry.Middle(change.Country)))
                .Where(change => change.Middle is not null).OrderByDescending(change => change.Middle!.Value.Area).ThenBy(change => change.Country, StringComparer.Ordinal))
            {
                var at = middle!.Value.Centre;
                if (said.Exists(label => label.From == from && label.To == to && Distance(label.At, at) < 240 * sheet.Unit))
                {
                    continue;
                }

                said.Add((from, to, at));
                var text = style.Fit($"{from} → {to}", 260 * sheet.Unit);
                sheet.Label(labels.Over(at, style.Measure(text), style.Size), text, style);
            }
        }
    }

    private static double Distance(Spot a, Spot b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));

    private static LegendGrid Legend(MapFormat format, PopPalette palette, List<(string Country, string From, string To)> changes, int same, int unsaid)
    {
        var entries = changes.CountBy(change => (change.From, change.To))
            .OrderByDescending(flow => flow.Value).ThenBy(flow => palette.IndexOf(flow.Key.To)).ThenBy(flow => palette.IndexOf(flow.Key.From))
            .Select(flow => new LegendEntry(new LegendSign.Area(Paint(palette, flow.Key.From, flow.Key.To, format.Unit)), $"{flow.Key.From} → {flow.Key.To}", "", MapText.Count(flow.Value), "")).ToList();
        LegendEntry[] tail =
        [
            new(new LegendSign.Area(Same), "unchanged", "", MapText.Count(same), ""),
            new(new LegendSign.Area(MapTheme.Land), "cannot be compared", "", MapText.Count(unsaid), ""),
        ];
        return new LegendGrid(entries, tail, left => new LegendEntry(new LegendSign.None(), $"{left.Count} more", "", "", ""), format.TextWidth, format.Unit);
    }
}
