using Reports.Errors;
using Xunit;

namespace Tests.Errors;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("results-2026.ndjson.gz", "results-2026.ndjson.gz")]
    [InlineData("Zürich – 東京 🛰", "Zürich – 東京 🛰")]
    [InlineData("C:\\data\\x", "C:\\data\\x")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", "\\u001b[2J\\u001b]0;owned\\u0007")]
    [InlineData("one\nmeasurement: two\r\n", "one\\u000ameasurement: two\\u000d\\u000a")]
    [InlineData("a\u009b31mb\u0085", "a\\u009b31mb\\u0085")]
    [InlineData("\u202egnp.exe\u2066\u200f\u2028\u2029\ufeff", "\\u202egnp.exe\\u2066\\u200f\\u2028\\u2029\\ufeff")]
    [InlineData("tag\U000E0041", "tag\\udb40\\udc41")]
    [InlineData("nul\0", "nul\\u0000")]
    public void What_is_no_printable_character_is_shown_and_not_obeyed(string text, string shown) => Assert.Equal(shown, TerminalText.Line(text));

    [Fact]
    public void Line_feeds_of_ours_stay_where_there_are_several_lines() => Assert.Equal("one\ntwo\\u000d\n", TerminalText.Lines("one\ntwo\r\n"));

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => Assert.Equal("a\ufffdb", TerminalText.Line("a\ud800b"));

    [Fact]
    public void Standard_error_escapes_whatever_reaches_it_but_the_bar_of_progress()
    {
        using var shown = new StringWriter();
        using var errors = new ErrorWriter(shown);
        errors.WriteLine("measurement: a\u001b[31m\nmeasurement: b");
        errors.Write("2026-11-27 info: \u001b[2J x\n");
        errors.Write(ErrorWriter.Redraw + "━━ \u001b[2K name");
        Assert.Equal("measurement: a\\u001b[31m\\u000ameasurement: b\n2026-11-27 info: \\u001b[2J x\n\r\u001b[2K━━ \\u001b[2K name", shown.ToString());
    }

    [Fact]
    public void What_cannot_be_said_ends_nobody_and_is_said_again_once_it_can_be()
    {
        using var full = new FullDisk();
        using var errors = new ErrorWriter(full);
        errors.WriteLine("one");
        full.IsFull = false;
        errors.WriteLine("two");
        errors.Flush();
        Assert.Equal("two\n", full.ToString());
    }

    private sealed class FullDisk : StringWriter
    {
        public bool IsFull { get; set; } = true;

        public override void Write(string? value)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            base.Write(value);
        }
    }
}
