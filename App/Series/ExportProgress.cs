using System.Diagnostics;
using System.Globalization;
using Analyzer.Time;
using Spectre.Console;

namespace App.Series;

/// <summary>Shows on standard error how far an export is: a bar on a terminal, else a line now and then.</summary>
internal sealed class ExportProgress : IDisposable
{
    private const int Width = 30;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(200);

    private readonly bool isQuiet;
    private readonly bool hasTerminal;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan last;
    private double part;
    private long points;
    private bool isDrawn;

    /// <summary>Begins.</summary>
    /// <param name="isQuiet">Whether nothing is shown.</param>
    public ExportProgress(bool isQuiet)
    {
        this.isQuiet = isQuiet;
        hasTerminal = !isQuiet && !Console.IsErrorRedirected;
    }

    /// <summary>So much of so much is done.</summary>
    public void Part(int done, int of)
    {
        part = of == 0 ? 1 : (double)done / of;
        Draw();
    }

    /// <summary>So many points were written.</summary>
    public void Points(long written)
    {
        points = written;
        Draw();
    }

    /// <summary>Says what became of it.</summary>
    public void End(long written, Window window, long refused, string? example)
    {
        Erase();
        if (refused > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measurement: the database refused {refused:N0} points, such as {example}"));
        }

        if (!isQuiet)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written:N0} points of {window}; {clock.Elapsed.TotalSeconds:0.0} s"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Erase();

    private void Draw()
    {
        var now = clock.Elapsed;
        if (isQuiet || now - last < (hasTerminal ? BetweenFrames : BetweenLines))
        {
            return;
        }

        last = now;
        var rate = points / Math.Max(0.001, now.TotalSeconds);
        if (!hasTerminal)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part:P0} exported, {points:N0} points, {rate:N0} a second"));
            return;
        }

        var full = (int)(part * Width);
        var line = string.Create(CultureInfo.InvariantCulture, $"{new string('━', full)}{new string('─', Width - full)} {part,4:P0}  {points:N0} points  {rate:N0}/s");
        var room = Math.Max(10, AnsiConsole.Profile.Width - 1);
        Console.Error.Write("\r\u001b[2K" + (line.Length > room ? line[..room] : line));
        isDrawn = true;
    }

    private void Erase()
    {
        if (isDrawn)
        {
            Console.Error.Write("\r\u001b[2K");
            isDrawn = false;
        }
    }
}
