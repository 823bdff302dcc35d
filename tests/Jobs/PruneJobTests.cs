using App.Jobs;
using Collector.Configuration;
using Collector.Import;
using Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Tests.Jobs;

public sealed class PruneJobTests
{
    [Fact]
    public async Task By_default_everything_is_kept()
    {
        await using var lab = await Collected(new RetentionOptions());
        var before = lab.Dump();
        Assert.True(await lab.RunAsync("prune"));
        Assert.Equal(before, lab.Dump());
    }

    [Fact]
    public async Task Whole_days_go_and_the_others_stay_as_they_are()
    {
        await using var lab = await Collected(new RetentionOptions { Samples = TimeSpan.FromDays(15) });
        var first = new DateTimeOffset((lab.Now - TimeSpan.FromDays(15)).Date, TimeSpan.Zero).ToUnixTimeSeconds();
        var before = lab.Dump();
        Assert.True(await lab.RunAsync("prune"));
        Assert.NotEqual(before.Count, lab.Dump().Count);
        Assert.Equal(before.Where(line => long.Parse(line.Split(' ')[2], null) >= first), lab.Dump());

        // The archive was not to be pruned, so that a rebuild brings everything back.
        lab.Store.Dispose();
        await new Rebuilder(new StorageOptions(), lab.Folder["data"], Microsoft.Extensions.Logging.Abstractions.NullLogger<Importer>.Instance).RebuildAsync();
        using var rebuilt = SqliteStore.Open(lab.Folder["data"]);
        Assert.Equal(before, Tests.Store.StoreDump.Of(rebuilt).TakeWhile(line => !line.StartsWith("SELECT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_archive_loses_its_old_files_and_nobody_takes_that_for_damage()
    {
        await using var lab = await Collected(new RetentionOptions { Archive = TimeSpan.FromDays(15) });
        var samples = lab.Dump();
        var first = DateOnly.FromDateTime((lab.Now - TimeSpan.FromDays(15)).Date);
        Assert.Contains(Days(lab), day => day < first);
        Assert.True(await lab.RunAsync("prune"));
        Assert.NotEmpty(Days(lab));
        Assert.All(Days(lab), day => Assert.True(day >= first));
        Assert.True(File.Exists(Path.Combine(lab.Store.Folder.Archive, "measurements.ndjson.gz")));
        Assert.Equal(samples, lab.Dump());

        lab.Store.Doubt();
        var log = new Notes();
        await new Importer(lab.Store, log).RecoverAsync();
        Assert.Empty(log.Lines);
        Assert.Equal(samples, lab.Dump());
    }

    /// <summary>What a clock that is ten years ahead would delete does not come back when it is right again.</summary>
    [Fact]
    public async Task A_clock_that_is_ahead_deletes_nothing_that_is_to_be_kept()
    {
        await using var lab = await Collected(new RetentionOptions { Samples = TimeSpan.FromDays(15), Archive = TimeSpan.FromDays(15) });
        lab.Now = lab.Now.AddYears(10);
        Assert.True(await lab.RunAsync("prune"));
        var (samples, files) = (lab.Dump(), Days(lab).ToList());
        Assert.NotEmpty(files);

        lab.Now = lab.Now.AddYears(-10);
        Assert.True(await lab.RunAsync("prune"));
        var first = DateOnly.FromDateTime((lab.Now - TimeSpan.FromDays(15)).Date);
        Assert.Equal(first, files.Min());
        Assert.Equal(files, Days(lab));
        Assert.Equal(samples, lab.Dump());
    }

    [Fact]
    public async Task What_was_pruned_is_not_collected_again()
    {
        await using var lab = await Collected(new RetentionOptions { Samples = TimeSpan.FromDays(15), Archive = TimeSpan.FromDays(15) });
        await lab.RunAsync("prune");
        var pruned = lab.Dump();
        lab.Now += TimeSpan.FromDays(1);
        await lab.RunAsync("collect");
        Assert.Equal(pruned[0], lab.Dump()[0]);
    }

    [Fact]
    public async Task When_another_instance_pruned_this_one_prunes_its_own_archive_once()
    {
        await using var lab = await Collected(new RetentionOptions { Archive = TimeSpan.FromDays(15) });
        var keeper = new PruneKeeper(lab.Get<PruneJob>(), lab.States, lab.Server.Clock, NullLogger<PruneKeeper>.Instance);
        Assert.False(await keeper.CatchUpAsync(default));

        lab.Store.SaveJob(new StoredJob("prune") { Started = lab.Now, Ended = lab.Now, Succeeded = lab.Now, Runs = 1, Instance = "elsewhere" });
        var before = Days(lab).Count();
        Assert.True(await keeper.CatchUpAsync(default));
        Assert.InRange(Days(lab).Count(), 1, before - 1);
        Assert.False(await keeper.CatchUpAsync(default));
    }

    private static async Task<JobLab> Collected(RetentionOptions retention)
    {
        var lab = await JobLab.StartAsync(settings => settings with { Storage = new StorageOptions { Retention = retention } });
        await lab.MeasureAsync();
        lab.Now = JobLab.Start.AddDays(17);
        await lab.RunAsync("collect");
        return lab;
    }

    private static IEnumerable<DateOnly> Days(JobLab lab) =>
        Directory.EnumerateFiles(lab.Store.Folder.Archive, "20*.ndjson.gz", SearchOption.AllDirectories).Select(file => DateOnly.Parse(Path.GetFileName(file)[..10], null));

    private sealed class Notes : Microsoft.Extensions.Logging.ILogger<Importer>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
