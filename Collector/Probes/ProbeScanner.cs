using System.Buffers;

namespace Collector.Probes;

/// <summary>Finds the probe objects in a text: line by line, in an array, in the list of an envelope, or in any mix of these.</summary>
/// <remarks>
/// Push bytes in, objects come out, one at a time; nothing but the object at hand is kept, so that memory does not grow
/// with the file. An object with a list called <c>results</c> (API pages) or <c>objects</c> (v1, daily archive) is an
/// envelope: its elements are taken, the rest of it is passed over. What cannot be an object is counted, and reading
/// goes on behind it, at the latest on the next line.
/// </remarks>
internal sealed class ProbeScanner(Action<ReadOnlyMemory<byte>> found, Action<string> rejected)
{
    /// <summary>The object stops before it ends.</summary>
    public const string Cut = "cut";

    /// <summary>The object is longer than <see cref="MaximumLength"/>.</summary>
    public const string TooLong = "too-long";

    /// <summary>Real objects have one to three thousand bytes.</summary>
    public const int MaximumLength = 1 << 20;

    // Lists within lists within envelopes; real files have two.
    private const int MaximumFrames = 64;

    // One bit each in "arrays", and as deep as the JSON parser goes.
    private const int MaximumDepth = 64;

    private static readonly SearchValues<byte> EndOfStringRun = SearchValues.Create("\"\\\n"u8);

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly List<Frame> frames = [];
    private readonly byte[] key = new byte[8];

    private State state = State.Between;

    // Of the object at hand:
    private int depth;
    private ulong arrays; // A bit a level, the lowest is the innermost: whether it is an array.
    private bool passOver; // The rest of an envelope.
    private bool tooLong;
    private bool inString;
    private bool escaped;
    private bool atLineStart;
    private int keyLength;
    private bool keyIsList;
    private byte last; // The last byte that was no white space.

    private enum State
    {
        Between,
        Object,
        Scalar,
        RestOfLine,
    }

    private enum Frame
    {
        List,
        Envelope,
    }

    /// <summary>Whether the text, should it end here, ends in the middle of something.</summary>
    public bool IsInside => frames.Count > 0 || state == State.Object;

    /// <summary>Reads on.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (position < bytes.Length)
        {
            position += state switch
            {
                State.Between => Between(bytes[position..]),
                State.Object => InObject(bytes[position..]),
                State.Scalar => InScalar(bytes[position..]),
                _ => ToLineEnd(bytes[position..]),
            };
        }
    }

    /// <summary>The text has ended.</summary>
    public void End()
    {
        if (state == State.Object && !passOver)
        {
            rejected(Cut);
        }
    }

    // Each of the following takes what it can and says how many bytes that was.
    private int Between(ReadOnlySpan<byte> bytes)
    {
        switch (bytes[0])
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',' or 0x1E or 0xEF or 0xBB or 0xBF:
                // 0x1E begins a record in JSON text sequences (RFC 7464); the last three are the byte order mark, which
                // joined files have in their middle too.
                return 1;
            case (byte)'{':
                Begin(passOver: false);
                return 0;
            case (byte)'[':
                Push(Frame.List);
                return 1;
            case (byte)']':
                CloseList();
                return 1;
            case (byte)'}':
                return 1;
            default:
                rejected(ProbeParser.NotAnObject);
                state = frames.Count == 0 ? State.RestOfLine : State.Scalar;
                inString = false;
                escaped = false;
                return 0;
        }
    }

    private int ToLineEnd(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return bytes.Length;
        }

        state = State.Between;
        return end + 1;
    }

    private int InScalar(ReadOnlySpan<byte> bytes)
    {
        var current = bytes[0];
        if (inString && current != '\n')
        {
            inString = escaped || current != '"';
            escaped = !escaped && current == '\\';
            return 1;
        }

        if (current == '"')
        {
            inString = true;
            return 1;
        }

        if (current is (byte)',' or (byte)']' or (byte)'[' or (byte)'{' or (byte)'\n')
        {
            state = State.Between;
            return 0;
        }

        return 1;
    }

    private void Push(Frame frame)
    {
        if (frames.Count >= MaximumFrames)
        {
            // Nobody nests like that: cut pages one after the other, or an attack. What follows stands on its own.
            frames.Clear();
        }

        frames.Add(frame);
    }

    private void CloseList()
    {
        state = State.Between;
        if (frames.Count == 0)
        {
            return;
        }

        frames.RemoveAt(frames.Count - 1);
        if (frames.Count > 0 && frames[^1] == Frame.Envelope)
        {
            frames.RemoveAt(frames.Count - 1);
            Begin(passOver: true);
            depth = 1;
            last = (byte)']';
        }
    }

    private void Begin(bool passOver)
    {
        state = State.Object;
        depth = 0;
        arrays = 0;
        this.passOver = passOver;
        tooLong = false;
        inString = false;
        escaped = false;
        atLineStart = false;
        keyIsList = false;
        keyLength = 0;
        last = 0;
        buffer.ResetWrittenCount();
    }

    private int InObject(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (position < bytes.Length)
        {
            if (inString && !escaped)
            {
                var run = bytes[position..].IndexOfAny(EndOfStringRun);
                run = run < 0 ? bytes.Length - position : run;
                AddToKey(bytes.Slice(position, run));
                position += run;
                if (position == bytes.Length)
                {
                    break;
                }
            }

            var current = bytes[position];
            if (inString)
            {
                if (current == '\n')
                {
                    // JSON has no raw line end in a string: the object was cut here, and what follows is another one.
                    return Abandon(Cut, State.Between, position);
                }

                if (escaped)
                {
                    escaped = false;
                    AddToKey(bytes.Slice(position, 1));
                }
                else if (current == '\\')
                {
                    escaped = true;
                }
                else
                {
                    inString = false;
                    last = current;
                }

                position++;
                continue;
            }

            switch (current)
            {
                case (byte)'\n':
                    atLineStart = true;
                    position++;
                    continue;
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    atLineStart = false;
                    position++;
                    continue;
                case (byte)'"':
                    inString = true;
                    keyLength = 0;
                    break;
                case (byte)':':
                    keyIsList = depth == 1 && last == '"' && keyLength == 7
                        && (key.AsSpan(0, 7).SequenceEqual("results"u8) || key.AsSpan(0, 7).SequenceEqual("objects"u8));
                    break;
                case (byte)'[' when depth == 1 && last == ':' && keyIsList:
                    Push(Frame.Envelope);
                    Push(Frame.List);
                    state = State.Between;
                    return position + 1;
                case (byte)'{' when depth > 0 && atLineStart && ((arrays & 1) == 0 || last is not ((byte)'[' or (byte)',')):
                    // A new object at the very start of a line, where none can stand: the one before was cut.
                    return Abandon(Cut, State.Between, position);
                case (byte)'{' or (byte)'[' when depth == MaximumDepth:
                    return Abandon(ProbeParser.BadJson, State.RestOfLine, position);
                case (byte)'{' or (byte)'[':
                    depth++;
                    arrays = (arrays << 1) | (current == '[' ? 1UL : 0);
                    break;
                case (byte)'}' or (byte)']':
                    if (((arrays & 1) == 1) != (current == ']'))
                    {
                        return Abandon(ProbeParser.BadJson, State.RestOfLine, position);
                    }

                    depth--;
                    arrays >>= 1;
                    break;
                default:
                    break;
            }

            atLineStart = false;
            last = current;
            position++;
            if (depth == 0)
            {
                Keep(bytes[..position]);
                Finish();
                return position;
            }
        }

        Keep(bytes);
        return bytes.Length;
    }

    private int Abandon(string reason, State next, int position)
    {
        if (!passOver)
        {
            rejected(reason);
        }

        state = next;
        return position;
    }

    private void Finish()
    {
        state = State.Between;
        if (passOver)
        {
            return;
        }

        if (tooLong)
        {
            rejected(TooLong);
        }
        else
        {
            found(buffer.WrittenMemory);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (passOver || tooLong)
        {
            return;
        }

        if (buffer.WrittenCount + bytes.Length > MaximumLength)
        {
            tooLong = true;
            return;
        }

        buffer.Write(bytes);
    }

    private void AddToKey(ReadOnlySpan<byte> bytes)
    {
        if (depth == 1 && keyLength + bytes.Length < key.Length)
        {
            bytes.CopyTo(key.AsSpan(keyLength));
        }

        keyLength = Math.Min(keyLength + bytes.Length, key.Length);
    }
}
