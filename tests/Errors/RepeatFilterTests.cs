using App.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Tests.Errors;

/// <summary>How much the log of a service says while something stays wrong.</summary>
public sealed class RepeatFilterTests : IDisposable
{
    private readonly HandClock clock = new();
    private readonly Lines lines = new();

    public void Dispose() => lines.Dispose();

    [Fact]
    public void What_stays_wrong_is_said_at_once_then_counted_and_said_again_when_it_is_something_else()
    {
        var filter = new RepeatFilter(clock);
        Assert.True(filter.Passes("a", out var unsaid));
        Assert.Equal(0, unsaid);
        for (var i = 0; i < 41; i++)
        {
            Assert.False(filter.Passes("a", out _));
        }

        Assert.True(filter.Passes("b", out _));
        clock.Passed += RepeatFilter.Quiet;
        Assert.True(filter.Passes("a", out unsaid));
        Assert.Equal(41, unsaid);
        Assert.False(filter.Passes("a", out _));
    }

    [Fact]
    public void Memory_is_bounded_whatever_is_said()
    {
        var filter = new RepeatFilter(clock);
        for (var i = 0; i < 20_000; i++)
        {
            Assert.True(filter.Passes($"{i}", out _));
        }
    }

    [Fact]
    public void Times_and_counts_make_no_difference_but_names_do()
    {
        Assert.Equal(RepeatFilter.Same("c", 1, "3 points wait since 2026-11-27T10:00:00"), RepeatFilter.Same("c", 1, "4711 points wait since 2026-11-28T11:11:11"));
        Assert.NotEqual(RepeatFilter.Same("c", 1, "ns-a"), RepeatFilter.Same("c", 1, "ns-b"));
        Assert.NotEqual(RepeatFilter.Same("c", 1, "x"), RepeatFilter.Same("c", 2, "x"));
    }

    /// <summary>A day without the database: what the jobs of a service with 12 measurements, its looks and its framework say of it.</summary>
    [Fact]
    public void A_database_that_is_away_for_a_day_makes_the_log_grow_by_less_than_ten_kilobytes_a_minute()
    {
        using var provider = new OperatorLoggerProvider(lines, new RepeatFilter(clock));
        var (jobs, host) = (provider.CreateLogger("App.Jobs.CollectJob"), provider.CreateLogger("Framework.Schedule"));
        var most = 0;
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            var before = lines.Bytes;
            foreach (var measurement in Enumerable.Range(1, 12))
            {
                Say(jobs, $"Job collect failed for measurement {measurement} of ns-a: PostgreSQL at 127.0.0.1:5432, database m cannot be reached: Connection refused");
            }

            for (var second = 0; second < 60; second += 5)
            {
                Say(host, "Execution of the polling loop failed.", Thrown("PostgreSQL at 127.0.0.1:5432, database m cannot be reached: Connection refused"));
            }

            most = minute == 0 ? most : Math.Max(most, lines.Bytes - before);
            clock.Passed += TimeSpan.FromMinutes(1);
        }

        Assert.InRange(most, 1, 10_000);
        Assert.InRange(lines.All.Count, 100, 400);
        Assert.All(lines.All, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
        Assert.Contains(lines.All, line => line.Contains("times more since this was last said", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_what_nobody_foresaw_the_log_has_the_trace_and_of_the_rest_the_words()
    {
        using var provider = new OperatorLoggerProvider(lines, new RepeatFilter(clock));
        var logger = provider.CreateLogger("c");
        Say(logger, "It failed.", new AggregateException(new IOException("the disk is full")));
        Say(logger, "It failed.", new InvalidOperationException("a fault"));
        Say(logger, "as it is", level: LogLevel.Information);
        Say(logger, "as it is", level: LogLevel.Information);
        Assert.Equal(["It failed: the disk is full", "It failed. System.InvalidOperationException: a fault", "as it is", "as it is"], lines.All);
    }

    private static void Say(ILogger logger, string text, Exception? problem = null, LogLevel level = LogLevel.Error) =>
        logger.Log(level, new EventId(7), text, problem, static (words, _) => words);

    private static IOException Thrown(string message)
    {
        try
        {
            throw new IOException(message);
        }
        catch (IOException problem)
        {
            return problem;
        }
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Passed { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> All { get; } = [];

        public int Bytes { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception) + (exception is null ? "" : $" {exception}");
            All.Add(line);
            Bytes += line.Length + 80; // time, level and category
        }

        public void Dispose()
        {
        }
    }
}
