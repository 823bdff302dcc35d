using System.Net;
using Collector.Configuration;
using Collector.Geography;
using Collector.Geolocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using static Tests.Geolocation.MaxMindFile;

namespace Tests.Geolocation;

public sealed class GeoDatabasesTests : IDisposable
{
    private static readonly IPAddress Known = IPAddress.Parse("192.0.2.1");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("geoip");
    private readonly Clock _clock = new();
    private readonly Lines _log = new();

    private GeoIpOptions Options => new() { City = At("city.mmdb"), Asn = At("asn.mmdb") };

    [Fact]
    public void City_and_ASN_databases_answer_as_one()
    {
        Put("city.mmdb", new MaxMindFile { Type = "City" }.Add("192.0.2.0/24", City("NL", "Apeldoorn", 52.21, 5.97)));
        Put("asn.mmdb", new MaxMindFile { Type = "ASN" }.Add("192.0.2.0/25", As(64500, "Example")).Add("198.51.100.0/24", As(64501, null)));
        using var both = Open();
        Assert.Equal(
            new GeoRecord { Country = "NL", City = "Apeldoorn", Position = new GeoPoint(52.21, 5.97), AccuracyRadiusKm = 20, Asn = 64500, AsName = "Example" },
            both.Find(Known));
        Assert.Null(both.Find(IPAddress.Parse("192.0.2.129"))!.Asn);
        Assert.Equal(new GeoRecord { Asn = 64501 }, both.Find(IPAddress.Parse("198.51.100.1")));
        Assert.Null(both.Find(IPAddress.Parse("203.0.113.1")));
        Assert.Equal(["City", "ASN"], both.Sources.Select(source => source.Type));
        Assert.Empty(_log.All);
    }

    [Fact]
    public void Nothing_configured_knows_nothing_and_is_never_new()
    {
        using var none = GeoDatabases.Open(new GeoIpOptions());
        Assert.Empty(none.Sources);
        Assert.Null(none.Find(Known));
        Assert.Equal(0, none.Version);
    }

    [Fact]
    public void A_newer_file_renamed_over_the_old_one_is_taken_without_restart()
    {
        Put("city.mmdb", Place("NL"));
        Put("asn.mmdb", new MaxMindFile { Type = "ASN" }.Add("192.0.2.0/24", As(64500, null)));
        using var both = Open();
        var version = both.Version;
        Put("city.mmdb", Place("BE"));

        // Not every look-up looks at the disk.
        Assert.Equal("NL", both.Find(Known)?.Country);
        Later();
        Assert.Equal("BE", both.Find(Known)?.Country);
        Assert.NotEqual(version, both.Version);
        Assert.Contains("GeoIp:City", Assert.Single(_log.All), StringComparison.Ordinal);
        version = both.Version;
        Later();
        Assert.Equal(version, both.Version);
    }

    [Fact]
    public void A_broken_file_keeps_the_old_one_and_is_told_once()
    {
        Put("city.mmdb", Place("NL"));
        Put("asn.mmdb", new MaxMindFile { Type = "ASN" }.Add("192.0.2.0/24", As(64500, null)));
        using var both = Open();
        for (var attempt = 1; attempt < 5; attempt++)
        {
            // As while somebody copies it slowly.
            PutBytes("city.mmdb", new byte[attempt * 100]);
            Later();
            Assert.Equal(("NL", 64500u), (both.Find(Known)?.Country, both.Find(Known)?.Asn));
        }

        File.Delete(At("city.mmdb"));
        Later();
        Assert.Equal("NL", both.Find(Known)?.Country);
        var line = Assert.Single(_log.All);
        Assert.StartsWith("Warning GeoIp:City: " + At("city.mmdb"), line, StringComparison.Ordinal);
        Assert.Contains("the one before stays in use", line, StringComparison.Ordinal);

        Put("city.mmdb", Place("BE"));
        Later();
        Assert.Equal("BE", both.Find(Known)?.Country);
    }

    [Fact]
    public void A_file_that_comes_later_is_taken_when_it_comes()
    {
        Put("asn.mmdb", new MaxMindFile { Type = "ASN" }.Add("192.0.2.0/24", As(64500, null)));
        using var both = Open();
        Assert.Equal(new GeoRecord { Asn = 64500 }, both.Find(Known));
        Assert.Contains("city.mmdb", Assert.Single(_log.All), StringComparison.Ordinal);
        Put("city.mmdb", Place("NL"));
        Later();
        Assert.Equal(("NL", 64500u), (both.Find(Known)?.Country, both.Find(Known)?.Asn));
    }

    [Fact]
    public void Damage_at_an_address_is_told_once_and_the_other_file_still_answers()
    {
        Put("city.mmdb", new MaxMindFile().Add("192.0.2.0/24", Pointer(70_000)).Add("198.51.100.0/24", City("NL", "Apeldoorn", 52.21, 5.97)));
        Put("asn.mmdb", new MaxMindFile { Type = "ASN" }.Add("192.0.2.0/24", As(64500, null)));
        using var both = Open();
        for (var time = 0; time < 3; time++)
        {
            var record = both.Find(Known);
            Assert.Equal(64500u, record?.Asn);
            Assert.Contains("city.mmdb", record?.Problem, StringComparison.Ordinal);
        }

        Assert.Equal("Apeldoorn", both.Find(IPAddress.Parse("198.51.100.1"))?.City);
        Assert.StartsWith("Warning GeoIp:City: ", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Look_ups_under_way_survive_that_the_file_is_replaced(bool inMemory)
    {
        Put("city.mmdb", Place("NL"));
        using var both = GeoDatabases.Open(new GeoIpOptions { City = At("city.mmdb") }, _clock, null, inMemory);
        using var over = new CancellationTokenSource();
        var looking = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var found = 0;
            while (!over.IsCancellationRequested)
            {
                Assert.Contains(both.Find(Known)?.Country, new[] { "NL", "BE" });
                found++;
            }

            return found;
        })).ToList();
        try
        {
            for (var version = 1; version <= 100; version++)
            {
                Put("city.mmdb", Place(version % 2 == 0 ? "NL" : "BE"));
                Later();
                both.Find(Known);
            }
        }
        finally
        {
            await over.CancelAsync();
        }

        Assert.All(await Task.WhenAll(looking), found => Assert.True(found > 0));
        Later();
        Assert.Equal("NL", both.Find(Known)?.Country);
        Assert.True(both.Version > 0);
    }

    [Fact]
    public void After_the_end_there_is_no_answer()
    {
        Put("city.mmdb", Place("NL"));
        var both = GeoDatabases.Open(new GeoIpOptions { City = At("city.mmdb") }, _clock);
        both.Dispose();
        Assert.Throws<ObjectDisposedException>(() => both.Find(Known));
    }

    [Fact]
    public void A_person_is_told_more_by_each_database_that_can()
    {
        Put("city.mmdb", Place("NL"));
        Put("asn.mmdb", new MaxMindFile { Type = "GeoLite2-ASN" }.Add("192.0.2.0/24", As(64500, "Example")));
        using IGeoDatabase both = Open();
        Assert.Equal(["Somewhere", "AS64500 Example"], both.Describe(Known).Select(details => details.ToString()));
        Assert.Empty(both.Describe(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public void It_is_among_the_services()
    {
        Put("city.mmdb", Place("NL"));
        using var services = new ServiceCollection().AddGeolocation(new GeoIpOptions { City = At("city.mmdb") }).BuildServiceProvider();
        Assert.Equal("NL", services.GetRequiredService<IGeoDatabase>().Find(Known)?.Country);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static MaxMindFile Place(string country) => new MaxMindFile { Type = "City" }.Add("192.0.2.0/24", City(country, "Somewhere", 52.21, 5.97));

    private static byte[] As(uint number, string? name) => name is null
        ? Map(("autonomous_system_number", UInt32(number)))
        : Map(("autonomous_system_number", UInt32(number)), ("autonomous_system_organization", Text(name)));

    private GeoDatabases Open() => GeoDatabases.Open(Options, _clock, _log);

    private void Later() => _clock.Now += 2 * TimeSpan.TicksPerSecond;

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Put(string name, MaxMindFile file) => PutBytes(name, file.Build());

    private void PutBytes(string name, byte[] bytes)
    {
        var beside = At(name + ".new");
        File.WriteAllBytes(beside, bytes);
        File.Move(beside, At(name), overwrite: true);
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public long Now
        {
            get => Volatile.Read(ref _now);
            set => Volatile.Write(ref _now, value);
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add($"{logLevel} {formatter(state, exception)}");
    }
}
