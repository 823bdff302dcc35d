using Microsoft.Win32.SafeHandles;
using Reports.Errors;

namespace App.Cli;

/// <summary>Standard output for much data.</summary>
internal static class StandardOutput
{
    // The number that Linux, macOS and the BSDs share; .NET hands it on in HResult.
    private const int BrokenPipe = 32;

    /// <summary>The stream. In <c>measurement … | head</c> it throws when head has gone; see <see cref="IsClosed"/>.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.OpenStandardOutput();
        }

        // The console's own stream says nothing of a broken pipe and goes on for hours. A file, on the other hand, is better
        // left to it: it writes where the file's end is, so that 2>&1 mixes well.
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    /// <summary>Writes the path of what was made: as it is for a program, harmless for a terminal.</summary>
    public static void WritePath(string path)
    {
        var full = Path.GetFullPath(path);
        Console.Out.WriteLine(Console.IsOutputRedirected ? full : TerminalText.Line(full));
    }

    /// <summary>Whether writing failed because nobody reads any more, which is no error.</summary>
    public static bool IsClosed(IOException problem) => problem.HResult == BrokenPipe;
}
