using System.Collections;
using System.Globalization;
using System.Text;
using App.Inspection;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Configuration.Checks;
using Collector.Import;
using Collector.Measuring;
using Collector.Store;
using Microsoft.AspNetCore.Http;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Atlas;
using Tests.Geolocation;
using Tests.Store;
using Xunit;
using static Tests.Import.Results;

namespace Tests.Inspection;

public sealed class InspectorTests
{
    private static readonly Lazy<World> Small = new(() => World.Create(9, 60, 1));
    private static readonly Settings Shipped = SettingsLoader.Load(Repository.File("appsettings.json"), new Hashtable());

    [Fact]
    public async Task Against_a_sound_account_all_is_well()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        var found = await Atlas(new AtlasOptions { BaseUrl = server.BaseUrl, StreamUrl = server.StreamUrl, Stream = true, Key = SimulatedNetwork.Key });
        Assert.Equal(["atlas", "clock", "key", "credits", "stream"], found.Select(item => item.Name));
        Assert.All(found, item => Assert.Equal((InspectionState.Ok, null), (item.State, item.Advice)));
        Assert.Contains("561,600 a day are spent at most", found[3].Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12345678-0000-0000-0000-000000000000", "The provided API key does not exist")]
    [InlineData(null, "Atlas:Key is not set")]
    public async Task A_wrong_or_missing_key_is_one_line_in_Atlas_words(string? key, string words)
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        var found = Assert.Single(await Atlas(new AtlasOptions { BaseUrl = server.BaseUrl, Key = key }), item => item.State == InspectionState.Failed);
        Assert.Equal("key", found.Name);
        Assert.Contains(words, found.Finding, StringComparison.Ordinal);
        Assert.NotNull(found.Advice);
        Assert.DoesNotContain('\n', found.Finding);
    }

    [Fact]
    public async Task Who_only_follows_needs_no_key()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        var network = Shipped.Network with { Targets = [.. Shipped.Network.Targets.Select(target => target with { Follow = new([10301], [], [], []) })] };
        var found = await new AtlasInspector(Shipped with { Network = network, Atlas = new AtlasOptions { BaseUrl = server.BaseUrl } }, TimeProvider.System).InspectAsync(default);
        Assert.All(found, item => Assert.Equal(InspectionState.Ok, item.State));
        Assert.Equal(0, CreditOutlook.MostADay(network, Shipped.Probes));
    }

    [Fact]
    public async Task A_grant_that_is_missing_is_named()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsJsonAsync<object>(context.Request.Path.Value!.EndsWith("/keys/", StringComparison.Ordinal)
            ? new { results = new[] { new { uuid = AtlasFixture.Key, is_active = true, grants = new[] { new { permission = "measurements.create_measurement" } } } } }
            : new { current_balance = 0 }));
        var found = await Atlas(new AtlasOptions { BaseUrl = server.Api, Key = AtlasFixture.Key });
        Assert.Equal("accepted, but lacks measurements.stop_measurement", found.Single(item => item.Name == "key").Finding);
        Assert.Equal(InspectionState.Failed, found.Single(item => item.Name == "credits").State);
    }

    [Fact]
    public async Task Without_a_network_the_rest_is_not_tried()
    {
        var found = Assert.Single(await Atlas(new AtlasOptions { BaseUrl = new("http://127.0.0.1:1/api/v2/"), Key = AtlasFixture.Key, Stream = true }));
        Assert.Equal(("atlas", InspectionState.Failed), (found.Name, found.State));
        Assert.Contains("http://127.0.0.1:1/api/v2/ cannot be reached", found.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_at_the_address_is_not_Atlas()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        Assert.Contains("answers 404", Assert.Single(await Atlas(new AtlasOptions { BaseUrl = server.Api, Key = AtlasFixture.Key })).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_reached_is_a_warning_since_collecting_does_without()
    {
        await using var server = await SimulatorServer.StartAsync(Small.Value);
        var found = await Atlas(new AtlasOptions { BaseUrl = server.BaseUrl, StreamUrl = new("ws://127.0.0.1:1/stream/"), Stream = true, Key = SimulatedNetwork.Key });
        Assert.Equal(("stream", InspectionState.Warning), found.Where(item => item.State != InspectionState.Ok).Select(item => (item.Name, item.State)).Single());
    }

    [Theory]
    [InlineData(0, InspectionState.Ok, "agrees with Atlas'")]
    [InlineData(-4, InspectionState.Ok, "agrees with Atlas'")]
    [InlineData(6, InspectionState.Warning, "6 s ahead of Atlas'")]
    [InlineData(-59, InspectionState.Warning, "59 s behind Atlas'")]
    [InlineData(3600, InspectionState.Failed, "3600 s ahead of Atlas'")]
    public void A_wrong_clock_is_told_from_a_slow_answer(double ahead, object state, string words)
    {
        var found = AtlasInspector.Clock(TimeSpan.FromSeconds(ahead));
        Assert.Equal(((InspectionState)state, words), (found.State, found.Finding));
    }

    [Theory]
    [InlineData(0, 100, 0, InspectionState.Failed, "0 credits; 100 a day are spent at most, 0 earned")]
    [InlineData(1000, 100, 0, InspectionState.Warning, "enough for 10 days")]
    [InlineData(1000, 100, 50, InspectionState.Ok, "enough for 20 days")]
    [InlineData(1000, 100, 100, InspectionState.Ok, "earned: enough")]
    [InlineData(1e12, 1, 0, InspectionState.Ok, "enough for 10,000 and more days")]
    public void Credits_are_told_in_days(double balance, double spent, double earned, object state, string words)
    {
        // What runs already may be more than what is planned, and the other way round.
        foreach (var (planned, running) in new (double Planned, double Running)[] { (spent, 0), (0, spent) })
        {
            var found = AtlasInspector.Judge(CreditOutlook.Of(new Credits(balance, earned, running, null, null, null, null), planned, default), new CreditsLowOptions());
            Assert.Equal((InspectionState)state, found.State);
            Assert.EndsWith(words, found.Finding, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_shipped_example_spends_what_the_documentation_says() =>
        Assert.Equal(561_600, CreditOutlook.MostADay(Shipped.Network, Shipped.Probes)); // design, section 13

    [Theory]
    [InlineData(100L << 20, InspectionState.Failed)]
    [InlineData(1L << 30, InspectionState.Warning)]
    [InlineData(3L << 30, InspectionState.Ok)]
    [InlineData(null, InspectionState.Ok)]
    public void A_disk_that_fills_up_is_said_before_it_is_full(long? free, object state) => Assert.Equal((InspectionState)state, StoreInspector.Space(free).State);

    [Fact]
    public async Task A_store_is_looked_through_beside_the_service_that_writes_to_it()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("nothing was collected or imported yet", Store(folder.Root).Finding);
        Assert.Equal("nothing was collected or imported yet", Store(folder["not there"]).Finding);
        using var store = SqliteStore.Open(folder.Root);
        await new Importer(store).ImportAsync(new MemoryStream(Ndjson(Mixed(1, 2000))), new ImportRequest { Target = "anycast1" });
        var found = Store(folder.Root);
        Assert.Equal(InspectionState.Ok, found.State);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"SQLite, whole: {store.Facts().Sum(facts => facts.Samples):N0} observations of 3 measurements"), found.Finding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    public async Task A_damaged_store_is_found_and_the_way_back_is_named(int at)
    {
        using var folder = new TemporaryFolder();
        using (var store = SqliteStore.Open(folder.Root))
        {
            await new Importer(store).ImportAsync(new MemoryStream(Ndjson(Mixed(1, 5000))), new ImportRequest { Target = "anycast1" });
        }

        var database = new DataFolder(folder.Root).Database;
        using (var file = File.OpenWrite(database))
        {
            file.Position = at;
            file.Write(Encoding.ASCII.GetBytes(new string('x', 9000)));
        }

        var found = Store(folder.Root);
        Assert.Equal(InspectionState.Failed, found.State);
        Assert.Contains("measurement rebuild", found.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GeoIP_file_is_read_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var now = new DateTimeOffset(2025, 7, 1, 0, 0, 0, TimeSpan.Zero);
        var whole = new MaxMindFile { Type = "City" }.Add("192.0.2.0/24", MaxMindFile.City("NL", "Apeldoorn", 52.21, 5.97)).Build();
        File.WriteAllBytes(folder["whole.mmdb"], whole);
        File.WriteAllBytes(folder["text.mmdb"], "this is no database"u8);
        Assert.Equal(InspectionState.Ok, Assert.Single(GeoIpInspector.Inspect(new GeoIpOptions(), now)).State);

        var found = GeoIpInspector.Inspect(new GeoIpOptions { City = folder["whole.mmdb"], Asn = folder["text.mmdb"] }, now).ToList();
        Assert.Contains("City, 1 records", found[0].Finding, StringComparison.Ordinal);
        Assert.Equal(InspectionState.Failed, found[1].State);
        Assert.Equal(InspectionState.Failed, GeoIpInspector.Inspect(new GeoIpOptions { City = folder["absent.mmdb"] }, now).Single().State);
        Assert.Equal(InspectionState.Warning, GeoIpInspector.Inspect(new GeoIpOptions { City = folder["whole.mmdb"] }, now.AddYears(100)).Single().State);
    }

    [Fact]
    public async Task An_address_to_listen_on_is_free_or_the_service_s_own_or_somebody_else_s()
    {
        await using var service = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("ok\n"));
        await using var other = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("hello"));
        Assert.Contains("is free to listen on", (await Web(new WebOptions { Listen = new("http://127.0.0.1:0") }, InspectionState.Ok)).Finding, StringComparison.Ordinal);
        Assert.Contains("the service runs and answers", (await Web(new WebOptions { Listen = service.Address }, InspectionState.Ok)).Finding, StringComparison.Ordinal);
        Assert.Contains("in use by another program", (await Web(new WebOptions { Listen = other.Address }, InspectionState.Failed)).Finding, StringComparison.Ordinal);
        Assert.Contains("cannot be listened on", (await Web(new WebOptions { Listen = new("http://192.0.2.1:8053"), KeyHash = new string('a', 64) }, InspectionState.Failed)).Finding, StringComparison.Ordinal);
        Assert.Contains("Web:KeyHash is missing", (await Web(new WebOptions { Listen = new("http://0.0.0.0:8053") }, InspectionState.Failed)).Finding, StringComparison.Ordinal);
    }

    private static async Task<Inspected> Web(WebOptions options, InspectionState expected)
    {
        var found = await WebInspector.InspectAsync(new Settings { Web = options }, default);
        Assert.Equal(expected, found.State);
        return found;
    }

    private static Task<IReadOnlyList<Inspected>> Atlas(AtlasOptions options) =>
        new AtlasInspector(Shipped with { Atlas = options }, TimeProvider.System).InspectAsync(default);

    private static Inspected Store(string folder) => new StoreInspector(new StorageOptions(), folder).Inspect().Single(item => item.Name == "store");
}
