using Collector.Import;
using Collector.Store;
using Npgsql;
using Tests.Servers;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Import;

/// <summary>Imports into a PostgreSQL whose processes are held (SIGSTOP): the connections stay, and nothing is answered.</summary>
[Collection(PostgresServer.Collection)]
public sealed class FrozenPostgresTests(PostgresServer server) : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(100);

    private readonly PostgresKind kind = new(server);
    private readonly CrashTests.Notes notes = new();
    private readonly byte[] results = Ndjson(Mixed(8, 3000));

    public void Dispose() => kind.Dispose();

    [Theory]
    [InlineData("before the first statement")]
    [InlineData("between archive and commit")]
    public async Task Held_for_a_while_it_is_waited_for(string where)
    {
        using var store = kind.Open();
        Task? thawing = null;
        Freeze(store, where, () => thawing = Task.Run(async () =>
        {
            try
            {
                // Somebody else gets no answer either: so it hangs.
                await using var other = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await Assert.ThrowsAnyAsync<Exception>(() => other.OpenAsync(patience.Token));
            }
            finally
            {
                server.Thaw();
            }
        }));
        var summary = await ImportAsync(store);
        await thawing!;
        Assert.True(summary.New > 0);
        await AssertCleanAsync(store);
    }

    [Theory]
    [InlineData("before the first statement")]
    [InlineData("between archive and commit")]
    public async Task Held_for_too_long_is_one_line_and_the_next_turn_loses_nothing_and_counts_nothing_twice(string where)
    {
        var options = kind.Options("data");
        options = options with { ConnectionString = options.ConnectionString + ";Command Timeout=2;Cancellation Timeout=500;Timeout=3" };
        using var store = StoreFactory.Open(options, kind["data"]);
        try
        {
            Freeze(store, where, () => { });
            var problem = await Assert.ThrowsAnyAsync<IOException>(() => ImportAsync(store));
            Assert.Contains("PostgreSQL at 127.0.0.1", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Message);
        }
        finally
        {
            server.Thaw();
        }

        store.OnStage = null;
        await ImportAsync(store);
        await AssertCleanAsync(store);
    }

    /// <summary>On a thread of its own, which may hang.</summary>
    private Task<ImportSummary> ImportAsync(ObservationStore store) => Task.Run(
        () => new Importer(store, notes).ImportAsync(new MemoryStream(results), new ImportRequest { Target = "anycast1" }),
        TestContext.Current.CancellationToken).WaitAsync(Generous, TestContext.Current.CancellationToken);

    private void Freeze(ObservationStore store, string where, Action frozen)
    {
        var isDone = false;
        if (where == "before the first statement")
        {
            // The connection of the pool is there, and silent.
            Assert.Empty(store.Facts());
            server.Freeze();
            frozen();
            return;
        }

        store.OnStage = stage =>
        {
            if (stage == CommitStage.Archived && !isDone)
            {
                isDone = true;
                server.Freeze();
                frozen();
            }
        };
    }

    private async Task AssertCleanAsync(ObservationStore store)
    {
        NpgsqlConnection.ClearAllPools();
        using var clean = kind.Open("clean");
        await new Importer(clean).ImportAsync(new MemoryStream(results), new ImportRequest { Target = "anycast1" });
        Assert.Equal(StoreDump.Of(clean), StoreDump.Of(store));
        Assert.Equal(Lines("clean"), Lines("data"));
    }

    private List<string> Lines(string data) =>
        [.. Archived(kind[data + "/archive"]).SelectMany(file => file.Value.Order(StringComparer.Ordinal).Select(line => file.Key + line))];
}
