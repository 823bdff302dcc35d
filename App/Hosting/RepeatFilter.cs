namespace App.Hosting;

/// <summary>Decides what of the log is said: what is wrong is said at once; while it stays wrong, how often it was repeated, now and then.</summary>
/// <remarks>A database that is away for a night fails every job, every look and every request: the log tells that it is so, and does not grow by it.
/// Safe for many threads.</remarks>
/// <param name="time">The clock.</param>
internal sealed class RepeatFilter(TimeProvider time)
{
    /// <summary>How long the same is not said again.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    // What is not the same as anything before is always said; this many are remembered.
    private const int MostRemembered = 2000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Since, int Unsaid)> said = new(StringComparer.Ordinal);

    /// <summary>Whether an event is to be said.</summary>
    /// <param name="what">What makes it the same as another.</param>
    /// <param name="unsaid">How often it was not said since it last was.</param>
    public bool Passes(string what, out int unsaid)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            unsaid = 0;
            if (said.TryGetValue(what, out var before))
            {
                if (time.GetElapsedTime(before.Since, now) < Quiet)
                {
                    said[what] = (before.Since, before.Unsaid + 1);
                    return false;
                }

                unsaid = before.Unsaid;
            }
            else if (said.Count >= MostRemembered)
            {
                foreach (var old in said.Where(one => time.GetElapsedTime(one.Value.Since, now) >= Quiet).Select(one => one.Key).ToList())
                {
                    said.Remove(old);
                }

                if (said.Count >= MostRemembered)
                {
                    said.Clear();
                }
            }

            said[what] = (now, 0);
            return true;
        }
    }

    /// <summary>What makes two messages the same: their words without the numbers, which differ in times and counts.</summary>
    public static string Same(string category, int eventId, string message)
    {
        var words = new char[Math.Min(message.Length, 300)];
        var length = 0;
        foreach (var letter in message.AsSpan(0, words.Length))
        {
            if (!char.IsAsciiDigit(letter))
            {
                words[length++] = letter;
            }
            else if (length == 0 || words[length - 1] != '0')
            {
                words[length++] = '0';
            }
        }

        return $"{category}/{eventId}/{new string(words, 0, length)}";
    }
}
