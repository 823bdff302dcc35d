using System.Diagnostics;
using System.Globalization;
using Collector.Import;
using Spectre.Console;

namespace App.Cli;

/// <summary>Shows on standard error how far an import is: a bar on a terminal, else a line now and then.</summary>
internal sealed class ImportProgressDisplay : IProgress<ImportProgress>, IDisposable
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(200);

    private readonly bool isQuiet;
    private readonly bool hasTerminal;
    private readonly long totalBytes;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Timer? timer;
    private readonly Lock gate = new();
    private CountingStream? current;
    private string file = "";
    private long bytesBefore;
    private long committedBefore;
    private long committed;
    private bool isDrawn;
    private TimeSpan lastLine;

    private ImportProgressDisplay(long totalBytes, bool isQuiet)
    {
        this.totalBytes = totalBytes;
        this.isQuiet = isQuiet;
        hasTerminal = !isQuiet && !Console.IsErrorRedirected;
        timer = isQuiet ? null : new Timer(_ => Draw(), null, BetweenFrames, BetweenFrames);
    }

    public static ImportProgressDisplay Start(IEnumerable<string> files, bool isQuiet) => new(files.Sum(Length), isQuiet);

    public void Begin(string name, CountingStream stream)
    {
        lock (gate)
        {
            file = name == "-" ? "standard input" : name;
            current = stream;
        }
    }

    public void End(ImportSummary summary)
    {
        lock (gate)
        {
            bytesBefore += current?.Count ?? 0;
            current = null;
            committedBefore += summary.New + summary.Known + summary.Replaced;
            committed = 0;
        }
    }

    public void Report(ImportProgress value)
    {
        lock (gate)
        {
            committed = value.Committed;
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            Erase();
            Console.Error.WriteLine(line);
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            Erase();
        }
    }

    private static long Length(string file)
    {
        try
        {
            return File.Exists(file) ? new FileInfo(file).Length : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void Draw()
    {
        lock (gate)
        {
            var now = clock.Elapsed;
            if (isQuiet || (!hasTerminal && now - lastLine < BetweenLines))
            {
                return;
            }

            lastLine = now;
            var bytes = bytesBefore + (current?.Count ?? 0);
            var results = committedBefore + committed;
            var rate = results / Math.Max(0.001, now.TotalSeconds);
            var part = totalBytes > 0 ? Math.Min(1, (double)bytes / totalBytes) : 0;
            if (hasTerminal)
            {
                Bar(part, results, rate);
            }
            else
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{file}: {part:P0} of all read, {results:N0} observations stored, {rate:N0} a second"));
            }
        }
    }

    private void Bar(double part, long results, double rate)
    {
        const int Width = 30;
        var full = (int)(part * Width);
        var bar = new string('━', full) + new string('─', Width - full);
        var line = string.Create(CultureInfo.InvariantCulture, $"{bar} {part,4:P0}  {results:N0} stored  {rate:N0}/s  {Path.GetFileName(file)}");
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
