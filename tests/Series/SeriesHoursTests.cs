using Analyzer.Hours;
using Analyzer.Time;
using App.Series;
using Collector.Network;
using Microsoft.Extensions.Logging.Abstractions;
using Simulator.Server;
using Xunit;

namespace Tests.Series;

public sealed class SeriesHoursTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 9, 0, 0, 0, TimeSpan.Zero);

    private readonly SimulatorClock clock = new(Monday.AddDays(1));
    private readonly Fake store = new([0, 1, 2, 3, 4, 5], asked: 1);

    [Fact]
    public async Task Without_a_database_the_store_answers()
    {
        using var reader = Reader(null);
        Assert.Equal("0:1 1:1 2:1 3:1 4:1 5:1 held none", await ReadAsync(reader));
    }

    [Fact]
    public async Task A_database_that_holds_every_hour_is_the_only_one_asked()
    {
        using var reader = Reader(new Fake([0, 1, 2, 3, 4, 5], asked: 2));
        Assert.Equal("0:2 1:2 2:2 3:2 4:2 5:2 held 00-06", await ReadAsync(reader));
        Assert.Equal(0, store.Questions);
    }

    [Fact]
    public async Task Hours_before_the_first_and_behind_the_last_that_was_written_come_from_the_store()
    {
        using var reader = Reader(new Fake([2, 3], asked: 2));
        Assert.Equal("0:1 1:1 2:2 3:2 4:1 5:1 held 02-04", await ReadAsync(reader));
    }

    [Fact]
    public async Task An_empty_database_leaves_everything_to_the_store()
    {
        using var reader = Reader(new Fake([], asked: 2));
        Assert.Equal("0:1 1:1 2:1 3:1 4:1 5:1 held none", await ReadAsync(reader));
    }

    [Fact]
    public async Task A_database_that_fails_is_left_alone_for_a_while_and_then_asked_again()
    {
        var database = new Fake([0, 1, 2, 3, 4, 5], asked: 2) { IsDown = true };
        using var reader = Reader(database);
        Assert.Equal("0:1 1:1 2:1 3:1 4:1 5:1 held none", await ReadAsync(reader));
        database.IsDown = false;
        clock.Now += SeriesHoursReader.Pause - TimeSpan.FromSeconds(1);
        Assert.StartsWith("0:1 ", await ReadAsync(reader), StringComparison.Ordinal);
        Assert.Equal(1, database.Questions);
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.StartsWith("0:2 ", await ReadAsync(reader), StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(SeriesHoursReader reader)
    {
        var read = await reader.ReadAsync(new Target("service"), 4, new Window(Monday, Monday.AddHours(6)), default);
        return string.Join(' ', read.Hours.Select(hour => $"{hour.Hour - (Monday.ToUnixTimeSeconds() / 3600)}:{hour.Asked}")
            .Append(read.Held is { } held ? $"held {held.From:HH}-{held.To:HH}" : "held none"));
    }

    private SeriesHoursReader Reader(ITimeSeriesQuery? database) => new(store, database, clock, NullLogger<SeriesHoursReader>.Instance);

    /// <summary>Holds some hours of Monday.</summary>
    private sealed class Fake(int[] hours, int asked) : ITimeSeriesQuery
    {
        public bool IsDown { get; set; }

        public int Questions { get; private set; }

        public Task<IReadOnlyList<HourRollup>> HoursAsync(Target target, int family, Window window, CancellationToken cancellationToken)
        {
            Questions++;
            return IsDown
                ? throw new IOException("Connection refused")
                : Task.FromResult<IReadOnlyList<HourRollup>>(
                    [.. hours.Select(hour => new HourRollup((Monday.ToUnixTimeSeconds() / 3600) + hour) { Asked = asked }).Where(hour => hour.At >= window.FromUnixSeconds && hour.At < window.ToUnixSeconds)]);
        }
    }
}
