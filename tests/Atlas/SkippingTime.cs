namespace Tests.Atlas;

/// <summary>A clock on which waiting takes no time: a timer fires at once and moves the clock by what it would have waited.</summary>
/// <remarks>Timers of the lengths in <see cref="Held"/> are limits, not waits: they stay silent until <see cref="Expire"/>.</remarks>
internal sealed class SkippingTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> held = [];
    private DateTimeOffset now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public HashSet<TimeSpan> Held { get; } = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    /// <summary>What was waited for, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets the limits that run be reached now.</summary>
    public void Expire()
    {
        Timer[] fire;
        lock (gate)
        {
            fire = [.. held];
            held.Clear();
        }

        foreach (var timer in fire)
        {
            timer.Fire();
        }
    }

    private void Start(Timer timer, TimeSpan dueTime)
    {
        lock (gate)
        {
            held.Remove(timer);
            if (dueTime < TimeSpan.Zero)
            {
                return;
            }

            if (Held.Contains(dueTime))
            {
                held.Add(timer);
                return;
            }

            now += dueTime;
            Waits.Add(dueTime);
        }

        ThreadPool.QueueUserWorkItem(_ => timer.Fire());
    }

    private sealed class Timer(SkippingTime time, TimerCallback callback, object? state) : ITimer
    {
        private volatile bool disposed;

        public void Fire()
        {
            if (!disposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Start(this, dueTime);
            return true;
        }

        public void Dispose()
        {
            disposed = true;
            time.Start(this, Timeout.InfiniteTimeSpan);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
