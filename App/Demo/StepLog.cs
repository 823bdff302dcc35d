using System.Diagnostics;
using System.Globalization;

namespace App.Demo;

/// <summary>Tells on standard error which step a long run is at: a bar on a terminal, plain lines elsewhere.</summary>
internal sealed class StepLog(TextWriter output, bool isQuiet, bool isTerminal)
{
    private const int BarWidth = 30;

    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private TimeSpan lastFrame;
    private bool isDrawn;

    /// <summary>A step is done: one line that stays.</summary>
    public void Done(string what)
    {
        lock (gate)
        {
            if (!isQuiet)
            {
                Erase();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,5:0.0} s  {what}"));
            }
        }
    }

    /// <summary>How far the running step is; drawn on a terminal only.</summary>
    public void Progress(string what, int done, int of)
    {
        lock (gate)
        {
            if (isQuiet || !isTerminal || clock.Elapsed - lastFrame < BetweenFrames)
            {
                return;
            }

            lastFrame = clock.Elapsed;
            var full = of > 0 ? BarWidth * done / of : 0;
            output.Write($"\r\u001b[2K{new string('━', full)}{new string('─', BarWidth - full)} {what} {done}/{of}");
            isDrawn = true;
        }
    }

    private void Erase()
    {
        if (isDrawn)
        {
            output.Write("\r\u001b[2K");
            isDrawn = false;
        }
    }
}
