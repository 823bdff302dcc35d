using App.Inspection;
using Collector.Configuration;
using Collector.Import;
using Collector.Store;
using Tests.Servers;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Inspection;

[Collection(PostgresServer.Collection)]
public sealed class PostgresInspectorTests(PostgresServer server)
{
    [Fact]
    public async Task A_database_is_asked_what_it_holds_and_its_absence_is_told_without_its_password()
    {
        using var folder = new TemporaryFolder();
        var options = new StorageOptions { Provider = StorageProvider.PostgreSql, ConnectionString = server.NewDatabase() };
        var empty = Store(options, folder);
        Assert.Equal((InspectionState.Ok, "nothing was collected or imported yet"), (empty.State, empty.Finding));

        using (var store = StoreFactory.Open(options, folder.Root))
        {
            await new Importer(store).ImportAsync(new MemoryStream(Ndjson(Mixed(1, 500))), new ImportRequest { Target = "anycast1" });
        }

        var found = Store(options, folder);
        Assert.Equal(InspectionState.Ok, found.State);
        Assert.Matches("^PostgreSql: [0-9,]+ observations of 3 measurements$", found.Finding);

        var away = Store(options with { ConnectionString = "Host=127.0.0.1;Port=1;Database=x;Username=y;Password=hidden;Timeout=3" }, folder);
        Assert.Equal(InspectionState.Failed, away.State);
        Assert.Contains("Storage:ConnectionString", away.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", away.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_connection_string_there_is_nothing_to_ask()
    {
        using var folder = new TemporaryFolder();
        var found = Store(new StorageOptions { Provider = StorageProvider.PostgreSql }, folder);
        Assert.Equal(InspectionState.Failed, found.State);
        Assert.Contains("Storage:ConnectionString", found.Finding, StringComparison.Ordinal);
    }

    private static Inspected Store(StorageOptions options, TemporaryFolder folder) => new StoreInspector(options, folder.Root).Inspect().Single(item => item.Name == "store");
}
