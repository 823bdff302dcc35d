using System.Diagnostics;

namespace Tests.Streaming;

/// <summary>For what another thread brings about and no signal tells of.</summary>
internal static class Waiting
{
    public static async Task Until(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"in a minute it never came true that {what}");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Waits for the end of what was cancelled, however it ended.</summary>
    public static async Task End(Task cancelled) => await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
