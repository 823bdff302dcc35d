using System.Globalization;
using System.Text;

namespace Reports.Canvas;

/// <summary>Path data for SVG in as few bytes as it takes: whole steps of a grid, written as differences from the last spot.</summary>
/// <remarks>Differences are between rounded places, so that rounding never adds up along a line.</remarks>
internal static class SvgPath
{
    /// <summary>A path in pixels, to a tenth.</summary>
    public static string Of(VectorPath path) => new Writer(10).Write(path, 1);

    /// <summary>A path in whole steps of a grid: without decimal points it takes three quarters of the room.</summary>
    /// <param name="path">The path.</param>
    /// <param name="steps">Steps a pixel.</param>
    public static string OnGrid(VectorPath path, int steps) => new Writer(1).Write(path, 1, scale: steps);

    /// <summary>A glyph in font units, turned upside down for a canvas whose y grows downwards.</summary>
    public static string OfGlyph(VectorPath path) => new Writer(1).Write(path, -1);

    /// <summary>A line of no length at each place of the marker grid.</summary>
    public static string Dots(List<(int X, int Y)> places)
    {
        var writer = new Writer(10);
        foreach (var (x, y) in places)
        {
            writer.Command('m', x * 2, y * 2);
            writer.Word("h0");
        }

        return writer.ToString();
    }

    /// <summary>The same closed shape at each place of the marker grid.</summary>
    public static string Shapes(List<(int X, int Y)> places, IReadOnlyList<Spot> corners)
    {
        var shape = new VectorPath().AddLines(corners, close: true);
        var writer = new Writer(10);
        foreach (var (x, y) in places)
        {
            writer.Write(shape, 1, x * MarkerShapes.Grid, y * MarkerShapes.Grid);
        }

        return writer.ToString();
    }

    private sealed class Writer(int steps)
    {
        private readonly StringBuilder data = new();
        private (long X, long Y) at;
        private (long X, long Y) figure;
        private char command;
        private bool fraction;

        public string Write(VectorPath path, double sy, double dx = 0, double dy = 0, int scale = 1)
        {
            var next = 0;
            foreach (var verb in path.Verbs)
            {
                switch (verb)
                {
                    case PathVerb.Move:
                        var (mx, my) = Read();
                        Command('m', mx, my);
                        break;
                    case PathVerb.Line:
                        var (x, y) = Read();
                        Line(x, y);
                        break;
                    case PathVerb.Quad:
                        Curve('q', [Read(), Read()]);
                        break;
                    case PathVerb.Cubic:
                        Curve('c', [Read(), Read(), Read()]);
                        break;
                    default:
                        Word("z");
                        at = figure;
                        break;
                }
            }

            return ToString();

            (long X, long Y) Read()
            {
                var spot = path.Spots[next++];
                return ((long)Math.Round((spot.X + dx) * steps * scale), (long)Math.Round(((spot.Y * sy) + dy) * steps * scale));
            }
        }

        /// <summary>Moves to a place given in steps.</summary>
        public void Command(char letter, long x, long y)
        {
            Letter(letter);
            Number(x - at.X);
            Number(y - at.Y);
            at = (x, y);
            if (letter == 'm')
            {
                figure = at;
                command = 'l';
            }
        }

        public void Word(string word)
        {
            data.Append(word);
            command = '\0';
        }

        public override string ToString() => data.ToString();

        private void Line(long x, long y)
        {
            if ((x, y) == at)
            {
                return;
            }

            if (y == at.Y)
            {
                Letter('h');
                Number(x - at.X);
            }
            else if (x == at.X)
            {
                Letter('v');
                Number(y - at.Y);
            }
            else
            {
                Letter('l');
                Number(x - at.X);
                Number(y - at.Y);
            }

            at = (x, y);
        }

        private void Curve(char letter, ReadOnlySpan<(long X, long Y)> spots)
        {
            Letter(letter);
            foreach (var (x, y) in spots)
            {
                Number(x - at.X);
                Number(y - at.Y);
            }

            at = spots[^1];
        }

        // A letter that repeats is understood; numbers after a move are lines.
        private void Letter(char letter)
        {
            if (command != letter || letter == 'm')
            {
                data.Append(letter);
                command = letter;
                fraction = true;
            }
        }

        private void Number(long value)
        {
            var afterLetter = data.Length > 0 && char.IsAsciiLetter(data[^1]);
            if (value < 0)
            {
                data.Append('-');
                value = -value;
            }
            else if (!afterLetter && !(fraction && value % steps != 0 && value < steps))
            {
                data.Append(' ');
            }

            // After a fraction a number may start with its point; the point before it cannot belong to both.
            var (whole, rest) = Math.DivRem(value, steps);
            if (whole != 0 || rest == 0)
            {
                data.Append(whole.ToString(CultureInfo.InvariantCulture));
            }

            fraction = rest != 0;
            if (fraction)
            {
                data.Append('.').Append(rest.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
