using Reports.Canvas;

namespace Reports.Maps;

/// <summary>A legend of a few entries side by side: sign, number, what it counts, a remark.</summary>
internal sealed class LegendRow(MapSheet sheet)
{
    /// <summary>Its height in design pixels.</summary>
    public const double Height = 72;

    private readonly List<(MarkerStyle? Sign, string Number, string Label, string Remark, Colour Ink)> entries = [];

    public void Add(MarkerStyle? sign, string number, string label, string remark, Colour? ink = null) =>
        entries.Add((sign, number, label, remark, ink ?? MapTheme.Ink));

    public void Draw()
    {
        var unit = sheet.Unit;
        var number = sheet.Style(30, MapTheme.Ink, FontWeight.SemiBold);
        var label = sheet.Style(22, MapTheme.Ink);
        var remark = sheet.Style(20, MapTheme.Muted);
        var widths = entries.ConvertAll(entry => (entry.Sign is null ? 0 : 34 * unit)
            + Math.Max(Lead(entry.Number) + label.Measure(entry.Label), remark.Measure(entry.Remark)));

        // Spread over the width, but not farther apart than reads as one row.
        var gap = Math.Min(72 * unit, (sheet.Legend.Width - widths.Sum()) / Math.Max(1, entries.Count - 1));
        var x = sheet.Legend.Left;
        var top = sheet.Legend.Top + (30 * unit);
        using (sheet.Canvas.Group("Legend"))
        {
            for (var i = 0; i < entries.Count; i++)
            {
                var entry = entries[i];
                var text = x;
                if (entry.Sign is { } sign)
                {
                    sheet.Canvas.Markers([new Spot(x + (12 * unit), top - (10 * unit))], sign);
                    text += 34 * unit;
                }

                sheet.Canvas.Text(entry.Number, text, top, number with { Colour = entry.Ink });
                sheet.Canvas.Text(entry.Label, text + Lead(entry.Number), top, label);
                sheet.Canvas.Text(entry.Remark, text, top + (30 * unit), remark);
                x += widths[i] + gap;
            }
        }

        double Lead(string text) => text.Length == 0 ? 0 : number.Measure(text) + (9 * unit);
    }
}
