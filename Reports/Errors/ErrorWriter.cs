using System.Text;

namespace Reports.Errors;

/// <summary>Standard error: whatever is said there, by commands or by the log, is harmless on a terminal, and nobody fails because it cannot be said.</summary>
/// <remarks>A log on a full disk, or a terminal that has gone, ends neither a command nor the service; once there is room, what is said then is
/// written again.</remarks>
/// <param name="inner">Where it goes.</param>
internal sealed class ErrorWriter(TextWriter inner) : TextWriter
{
    /// <summary>Back to the beginning of the line, and the line away: what a bar of progress begins with. The one sequence of ours.</summary>
    public const string Redraw = "\r\u001b[2K";

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Hand(TerminalText.Lines(value.ToString()));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        var text = value ?? "";
        Hand(text.StartsWith(Redraw, StringComparison.Ordinal) ? Redraw + TerminalText.Lines(text[Redraw.Length..]) : TerminalText.Lines(text));
    }

    /// <summary>One line; a line break within it is none of ours.</summary>
    public override void WriteLine(string? value) => Hand(TerminalText.Line(value ?? "") + "\n");

    /// <inheritdoc/>
    public override void WriteLine() => Hand("\n");

    /// <inheritdoc/>
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush() => Try(static writer => writer.Flush());

    private void Hand(string text) => Try(writer => writer.Write(text));

    private void Try(Action<TextWriter> say)
    {
        try
        {
            lock (inner)
            {
                say(inner);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is nowhere else to say it.
        }
    }
}
