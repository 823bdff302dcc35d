using System.Globalization;
using Reports.Canvas;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Color = ScottPlot.Color;
using Paint = ScottPlot.Paint;

namespace Reports.Charts;

/// <summary>What all charts have in common: paper, heading, legend, an axis of days and one of values.</summary>
/// <remarks>Always on white paper, in a dark page too: the colours of the PoPs are chosen for it.</remarks>
internal static class ChartSheet
{
    /// <summary>Points across.</summary>
    public const int Width = 1100;

    /// <summary>Where panels begin, below the heading.</summary>
    public const int Top = 60;

    /// <summary>Points for the legend at the right.</summary>
    public const int LegendWidth = 150;

    private const int Left = 64;
    private const float FontSize = 13;
    private const int LongestName = 12;

    private static readonly Color Ink = Color.FromHex("#17212b");
    private static readonly Color Muted = Color.FromHex("#566573");
    private static readonly Color Line = Color.FromHex("#a9b7c4");

    /// <summary>The colour of what has no colour of its own.</summary>
    public static readonly Colour Others = Colour.Hex("#9aa5b1");

    /// <summary>As it is when it is not certain.</summary>
    public static Colour Pale(Colour colour) => colour.Mix(new Colour(255, 255, 255), 0.7);

    /// <summary>Our colour as theirs.</summary>
    public static Color Of(Colour colour) => new(colour.R, colour.G, colour.B, colour.A);

    /// <summary>Paper and heading.</summary>
    public static void Begin(SKCanvas canvas, int height, string title, string subtitle)
    {
        using var paint = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(SKRect.Create(Width, height), paint);
        Write(canvas, 16, 12, title, 17, Ink, bold: true);
        Write(canvas, 16, 35, subtitle, FontSize, Muted);
    }

    /// <summary>A panel over some hours.</summary>
    /// <param name="series">The hours.</param>
    /// <param name="most">The highest value.</param>
    /// <param name="step">From one tick to the next.</param>
    /// <param name="name">Of a tick.</param>
    public static Plot Panel(HourSeries series, double most, double step, Func<double, string> name)
    {
        ChartFont.Use();
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.Transparent;

        // It would clear the heading and the other panel too.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Legend.IsVisible = false;
        plot.Axes.SetLimits(0, series.Hours, 0, most);
        plot.Layout.Fixed(new PixelPadding(Left, LegendWidth + 16, 30, 8));
        plot.Axes.Bottom.TickGenerator = Days(series);
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. Enumerable.Range(0, (int)Math.Floor((most / step) + 1e-9) + 1).Select(index => new Tick(index * step, name(index * step)))]);
        foreach (var axis in new AxisBase[] { (AxisBase)plot.Axes.Bottom, (AxisBase)plot.Axes.Left })
        {
            axis.TickLabelStyle.FontSize = FontSize;
            axis.TickLabelStyle.ForeColor = Muted;
            axis.FrameLineStyle.Color = Line;
            axis.MajorTickStyle.Length = 0;
            axis.MinorTickStyle.Length = axis == plot.Axes.Bottom ? 5 : 0;
            axis.MinorTickStyle.Color = Line;
        }

        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Grid.XAxisStyle.MajorLineStyle.Width = 0;
        plot.Grid.XAxisStyle.MinorLineStyle.Width = 1;
        plot.Grid.XAxisStyle.MinorLineStyle.Color = Ink.WithOpacity(0.12);
        plot.Grid.YAxisStyle.MajorLineStyle.Color = Ink.WithOpacity(0.12);
        return plot;
    }

    /// <summary>Draws a panel.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="plot">What.</param>
    /// <param name="top">Its upper edge, points.</param>
    /// <param name="bottom">Its lower edge, points.</param>
    /// <param name="caption">A word above it; null: none.</param>
    public static void Draw(SKCanvas canvas, Plot plot, float top, float bottom, string? caption = null)
    {
        // What is drawn first settles the axes and is drawn again.
        var rect = new PixelRect(0, Width, bottom, caption is null ? top : top + 20);
        using (var nowhere = new SKNoDrawCanvas(Width, (int)bottom))
        {
            plot.Render(nowhere, rect);
        }

        plot.Render(canvas, rect);
        if (caption is not null)
        {
            Write(canvas, Left, top + 4, caption, FontSize, Ink, bold: true);
        }
    }

    /// <summary>Draws the legend at the right.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="items">Colour and words, from above.</param>
    /// <param name="top">Its upper edge, points.</param>
    /// <param name="bottom">Where its room ends, points.</param>
    public static void Legend(SKCanvas canvas, IEnumerable<(Colour Colour, string Text)> items, float top, float bottom)
    {
        var legend = new Plot().Legend;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        legend.BackgroundColor = Colors.Transparent;
        legend.Padding = new PixelPadding(0);
        legend.InterItemPadding = new PixelPadding(0, 0, 3, 3);
        legend.SymbolWidth = 14;
        legend.SymbolHeight = 12;
        legend.SymbolPadding = 7;
        legend.FontSize = FontSize;
        legend.FontColor = Ink;
        legend.ManualItems.AddRange(items.Select(item => new LegendItem { LabelText = item.Text, FillColor = Of(item.Colour) }));
        using var paint = Paint.NewDisposablePaint();
        legend.Render(canvas, paint, new PixelRect(Width - LegendWidth, Width, bottom, top), Alignment.UpperLeft);
    }

    /// <summary>A PoP's code where there is little room.</summary>
    public static string Short(PopSeries pop) => pop.Label is { Length: > LongestName } name ? name[..(LongestName - 1)] + "…" : pop.Label;

    private static NumericManual Days(HourSeries series)
    {
        // The day's name stands in its middle, at noon; the line is its midnight.
        var ticks = new NumericManual();
        for (var hour = 0; hour <= series.Hours; hour++)
        {
            switch (series.At(hour).Hour)
            {
                case 0:
                    ticks.AddMinor(hour);
                    break;
                case 12:
                    ticks.AddMajor(hour, series.At(hour).ToString("ddd d", CultureInfo.InvariantCulture));
                    break;
                default:
                    break;
            }
        }

        return ticks;
    }

    private static void Write(SKCanvas canvas, float x, float y, string text, float size, Color colour, bool bold = false)
    {
        ChartFont.Use();
        using var paint = Paint.NewDisposablePaint();
        new LabelStyle { Text = DisplayText.Clean(text), FontSize = size, ForeColor = colour, Bold = bold }.Render(canvas, new Pixel(x, y), paint);
    }
}
