using System.Net;
using System.Text.Json;
using Collector.Geography;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Xunit;

namespace Tests.Store;

/// <summary>What every store does.</summary>
public abstract class StoreTests(StoreKind kind) : IDisposable
{
    /// <summary>Monday, 16 June 2025, 00:00 UTC.</summary>
    protected const long Monday = 1_750_032_000;

    protected StoreKind Kind => kind;

    public void Dispose()
    {
        kind.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Documents_are_kept_by_kind_and_name_and_tell_how_often_they_changed()
    {
        using (var store = Kind.Open())
        {
            Assert.True(store.SaveDocuments([new("alert", "b", "one"), new("alert", "a", "\"><script>\u0007 ü"), new("silence", "a", "other")]));
            Assert.True(store.SaveDocuments([new("alert", "b", "two"), new("silence", "a", null)]));
            Assert.True(store.SaveDocuments([]));
        }

        using var again = Kind.Open(readOnly: true);
        Assert.Equal([new("alert", "a", "\"><script>\u0007 ü", 1), new("alert", "b", "two", 2)], again.Documents("alert"));
        Assert.Empty(again.Documents("silence"));
    }

    [Fact]
    public void A_store_made_before_there_were_documents_gets_room_for_them_when_it_is_opened()
    {
        Kind.Open().Dispose();
        Kind.Execute("DROP TABLE documents");
        using var again = Kind.Open();
        Assert.Empty(again.Documents("alert"));
        Assert.True(again.SaveDocuments([new("alert", "a", "one")]));
    }

    [Fact]
    public void A_store_made_before_there_were_addresses_gets_room_for_them_when_it_is_opened_and_can_be_read_until_then()
    {
        Kind.Open().Dispose();
        Kind.Execute("DROP TABLE addresses");
        using (var reader = Kind.Open(readOnly: true))
        {
            Assert.Empty(reader.Addresses());
        }

        using var again = Kind.Open();
        again.Save([From(1, 100, "203.0.113.9")]);
        Assert.Equal([new ProbeAddress(1, 4, 100, "203.0.113.9")], again.Addresses());
    }

    [Fact]
    public void Of_where_a_probes_results_come_from_the_newest_is_kept_whatever_the_order()
    {
        Observation[] results =
        [
            From(1, 100, "203.0.113.1"), From(1, 300, "203.0.113.3"), From(1, 200, "203.0.113.2"), From(1, 250, "2001:db8::1"), From(2, 100, null), From(3, 100, "10.0.0.1"),

            // A clock that is years ahead: Atlas knows when it got the result.
            From(1, 4_000_000_000, "203.0.113.99", storedAt: 150),
        ];
        using (var store = Kind.Open("one"))
        {
            store.Save(results);
        }

        using (var store = Kind.Open("two"))
        {
            foreach (var result in results.Reverse())
            {
                store.Save([result]);
            }

            store.Save(results);
            Assert.Equal([new(1, 4, 300, "203.0.113.3"), new(1, 6, 250, "2001:db8::1")], store.Addresses());
        }

        using var one = Kind.Open("one", readOnly: true);
        Assert.Equal([new(1, 4, 300, "203.0.113.3"), new(1, 6, 250, "2001:db8::1")], one.Addresses());
    }

    private static Observation From(int probe, long at, string? from, long storedAt = 0) => new()
    {
        Kind = MeasurementKind.Dns,
        Measurement = 10,
        Probe = probe,
        At = at,
        StoredAt = storedAt,
        Family = 4,
        From = from,
        Outcome = Outcome.Unanswered,
        Rcode = -1,
        RttMs = double.NaN,
        RttMinMs = double.NaN,
        RttAvgMs = double.NaN,
        RttMaxMs = double.NaN,
        Sent = -1,
        Received = -1,
        Duplicates = -1,
    };

    [Fact]
    public void Of_two_who_change_the_same_document_the_second_is_told_that_it_came_too_late()
    {
        using var store = Kind.Open();
        Assert.True(store.SaveDocuments([new("lease", "a", "one") { Expected = 0 }]));
        Assert.False(store.SaveDocuments([new("lease", "a", "other") { Expected = 0 }]));
        Assert.True(store.SaveDocuments([new("lease", "a", "two") { Expected = 1 }]));
        Assert.False(store.SaveDocuments([new("alert", "x", "lost"), new("lease", "a", "late") { Expected = 1 }]));
        Assert.False(store.SaveDocuments([new("alert", "x", "lost"), new("lease", "a", null) { Expected = 1 }]));
        Assert.False(store.SaveDocuments([new("alert", "x", "lost")], new DocumentGuard("lease", "a", 1)));
        Assert.False(store.SaveDocuments([new("alert", "x", "lost")], new DocumentGuard("lease", "absent", 0)));
        Assert.Empty(store.Documents("alert"));
        Assert.True(store.SaveDocuments([new("alert", "x", "kept")], new DocumentGuard("lease", "a", 2)));
        Assert.True(store.SaveDocuments([new("lease", "a", null) { Expected = 2 }]));
        Assert.Equal("kept", Assert.Single(store.Documents("alert")).Text);
        Assert.Empty(store.Documents("lease"));
    }

    [Fact]
    public void Samples_come_back_probe_by_probe_in_order_of_time_from_all_measurements()
    {
        using var store = Kind.Open();
        Observation[] observations =
        [
            Dns(20, 7, Monday + 90_000, 12.345, "late"), Dns(10, 9, Monday + 10, 1.5, "nine"), Dns(10, 7, Monday + 20, 2.5, "seven"),
            Dns(10, 7, Monday + 86_399, 2.6, "seven"), Dns(10, 7, Monday + 86_400, 2.7, "other"), Dns(10, -3, Monday, 1, null),
        ];
        store.Save(observations);

        var seen = store.ReadByProbe([20, 10], Monday, Monday + 200_000)
            .Select(probe => (probe.Probe, Of20: Times(probe, 0), Of10: Times(probe, 1))).ToList();
        Assert.Equal([-3, 7, 9], seen.Select(probe => probe.Probe));
        Assert.Equal([Monday + 20, Monday + 86_399, Monday + 86_400], seen[1].Of10);
        Assert.Equal([Monday + 90_000], seen[1].Of20);
        Assert.Empty(seen[2].Of20);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 3600, 0)]
    [InlineData(0, 86_400, 24)]
    [InlineData(3600, 3601, 1)]
    [InlineData(-100_000, 500_000, 72)]
    [InlineData(80_000, 90_000, 2)]
    public void A_window_begins_with_its_first_second_and_ends_before_its_last(long from, long to, int expected)
    {
        using var store = Kind.Open();
        store.Save(Enumerable.Range(0, 72).Select(hour => Dns(10, 1, Monday + (hour * 3600), 5, "a")));
        Assert.Equal(expected, store.ReadByProbe([10], Monday + from, Monday + to).Sum(probe => probe.Of(0).Count));
    }

    [Fact]
    public void Some_probes_of_a_long_time_come_back_as_they_would_among_all()
    {
        using var store = Kind.Open();
        store.Save(Enumerable.Range(0, 72).SelectMany(hour => Enumerable.Range(1, 9).SelectMany(probe => new[]
        {
            Dns(10, probe, Monday + (hour * 3600) + probe, hour + probe, "a"), Dns(20, probe, Monday + (hour * 3600), 1, "b"),
        })));
        static string Shown(ProbeSamples probe) => $"{probe.Probe}: {string.Join(' ', Times(probe, 0))} / {string.Join(' ', Times(probe, 1))}";
        int[] wanted = [2, 3, 9, 77];
        var all = store.ReadByProbe([10, 20], Monday + 5000, Monday + 200_000).Where(probe => wanted.Contains(probe.Probe)).Select(Shown).ToList();
        Assert.Equal(3, all.Count);
        Assert.Equal(all, store.ReadByProbe([10, 20], Monday + 5000, Monday + 200_000, wanted).Select(Shown));
        Assert.Empty(store.ReadByProbe([10, 20], Monday, Monday + 200_000, []));
    }

    [Fact]
    public void Every_number_and_text_of_an_observation_is_kept()
    {
        using var store = Kind.Open();
        store.Save(
        [
            Dns(10, 1, Monday, 12.3456, "ns1.fmt") with { Nsid = "fmt", Rcode = 5, Sub = 2 },
            new Observation
            {
                Kind = MeasurementKind.Ping, Measurement = 11, Probe = 1, At = Monday, Family = 6, Outcome = Outcome.Answered, RttMs = double.NaN,
                RttMinMs = 0.412, RttAvgMs = 0.5, RttMaxMs = 0.6, Sent = 3, Received = 2, Duplicates = 1, Rcode = -1,
            },
            new Observation
            {
                Kind = MeasurementKind.Ping, Measurement = 11, Probe = 1, At = Monday + 1, Family = 6, Outcome = Outcome.Failed, Reason = "senderror",
                RttMs = double.NaN, RttMinMs = double.NaN, RttAvgMs = double.NaN, RttMaxMs = double.NaN, Sent = -1, Received = -1, Duplicates = -1, Rcode = -1,
            },
        ]);
        Assert.Equal(
            [
                "10 1 1750032000 2 Answered 12346 -1 -1 ns1.fmt|fmt| 5 -1 -1 -1",
                "11 1 1750032000 0 Answered 412 500 600 || -1 3 2 1",
                "11 1 1750032001 0 Failed -1 -1 -1 ||senderror -1 -1 -1 -1",
            ],
            StoreDump.Of(store).TakeWhile(line => !line.StartsWith("SELECT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_repetition_and_order_leave_the_same_store(int seed)
    {
        var random = new Random(seed);
        Observation[] all = [.. Enumerable.Range(0, 500).Select(_ => Crowded(random))];
        var once = DumpAfter("once", [all]);
        random.Shuffle(all);
        Assert.Equal(once, DumpAfter("parts", [all[..100], all[50..300], all[300..], all[..10]]));
    }

    [Fact]
    public void Any_time_a_wrong_clock_shows_is_stored()
    {
        using var store = Kind.Open();
        long[] times = [long.MinValue, -86_401, -1, 0, 253_402_300_800, long.MaxValue - 1];
        store.Save(times.Select(at => Dns(10, 1, at, 5, "a")));
        Assert.Equal(times, store.ReadByProbe([10], long.MinValue, long.MaxValue).SelectMany(probe => probe.Of(0)).Select(sample => sample.At));
        Assert.Equal([-1L, 0], store.ReadByProbe([10], -5, 5).SelectMany(probe => probe.Of(0)).Select(sample => sample.At));
    }

    [Fact]
    public void Stored_data_is_there_after_reopening_and_for_a_reader_while_a_writer_is_open()
    {
        using (var first = Kind.Open())
        {
            first.Save([Dns(10, 1, Monday, 5, "a")]);
        }

        using var writer = Kind.Open();
        using var reader = Kind.Open(readOnly: true);
        writer.Save([Dns(10, 2, Monday, 5, "new text")]);
        var probes = reader.ReadByProbe([10], Monday, Monday + 1).Select(probe => reader.Text(probe.Of(0)[0].Identity)).ToList();
        Assert.Equal(["a", "new text"], probes);
        Assert.Throws<InvalidOperationException>(() => reader.SetWatermark(10, 1));
    }

    [Fact]
    public void A_reading_in_progress_sees_its_own_moment_while_others_write()
    {
        using var store = Kind.Open();
        store.Save([Dns(10, 1, Monday, 5, "a"), Dns(10, 3, Monday, 5, "a")]);
        var seen = new List<int>();
        foreach (var probe in store.ReadByProbe([10], Monday, Monday + 1))
        {
            seen.Add(probe.Probe);
            store.Save([Dns(10, 2, Monday, 5, "a")]);
        }

        Assert.Equal([1, 3], seen);
        Assert.Equal(3, store.ReadByProbe([10], Monday, Monday + 1).Count());
    }

    [Fact]
    public void A_second_writer_is_turned_away_with_one_line_that_names_the_folder()
    {
        using var first = Kind.Open();
        var problem = Assert.Throws<StoreInUseException>(() => Kind.Open());
        Assert.Contains($"{Kind["data"]} is being written to by another process", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void A_change_that_is_not_committed_leaves_nothing()
    {
        using var store = Kind.Open();
        var before = StoreDump.Of(store);
        using (var transaction = store.BeginWrite())
        {
            var batch = new SampleBatch();
            batch.Add(Dns(10, 1, Monday, 5, "lost"), 0);
            batch.MergeInto(transaction, (_, _) => { });
        }

        Assert.Equal(before, StoreDump.Of(store));
        store.Save([Dns(10, 1, Monday, 5, "kept")]);
        Assert.Equal("kept", store.Text(store.ReadByProbe([10], Monday, Monday + 1).Single().Of(0)[0].Identity));
    }

    [Fact]
    public void Measurements_watermarks_and_facts_are_kept()
    {
        using var store = Kind.Open();
        StoredMeasurement dns = new(11, "anycast1", MeasurementKind.Dns, 4, "id.server", null);
        StoredMeasurement ping = new(10, "anycast2", MeasurementKind.Ping, 6, null, 240);
        store.SaveMeasurement(dns);
        store.SaveMeasurement(ping);
        store.SaveMeasurement(dns with { IntervalSeconds = 3600 });
        Assert.Equal([ping, dns with { IntervalSeconds = 3600 }], store.Measurements());
        Assert.Equal([ping], store.Measurements("anycast2"));
        Assert.Empty(store.Measurements("anycast"));

        var ended = dns with { Start = DateTimeOffset.FromUnixTimeSeconds(Monday), Stop = DateTimeOffset.FromUnixTimeSeconds(Monday + 9), IsFollowed = true };
        store.SaveMeasurement(ended);
        Assert.Equal([ping, ended], store.Measurements());

        Assert.Null(store.Watermark(11));
        store.SetWatermark(11, Monday);
        store.SetWatermark(11, Monday + 5);
        Assert.Equal(Monday + 5, store.Watermark(11));

        store.Save([Dns(11, 1, Monday + 7, 5, "a"), Dns(11, 1, Monday + 90_000, 5, "a"), Dns(11, 2, Monday + 9, 5, "a")]);
        Assert.Equal([new MeasurementFacts(11, Days: 2, Blocks: 3, Samples: 3, Monday + 7, Monday + 90_000)], store.Facts());
        const long First = Monday / 86_400;
        Assert.Equal([new StoredDay(First, Probes: 2, Samples: 2), new StoredDay(First + 1, Probes: 1, Samples: 1)], store.Days(11));
        Assert.Empty(store.Days(12));
    }

    [Fact]
    public void What_became_of_jobs_is_kept_by_name_and_measurement()
    {
        var began = DateTimeOffset.FromUnixTimeSeconds(Monday);
        StoredJob first = new("collect", 11) { Started = began, Runs = 1, Instance = "one" };
        StoredJob later = first with { Ended = began.AddSeconds(5), Error = "no network", Failures = 1 };
        StoredJob other = new("probes") { Succeeded = began };
        using (var store = Kind.Open())
        {
            Assert.Empty(store.Jobs());
            store.SaveJob(other);
            store.SaveJob(first);
            store.SaveJob(later);
        }

        using var reader = Kind.Open(readOnly: true);
        Assert.Equal([later, other], reader.Jobs());
    }

    [Fact]
    public void Probes_are_as_they_were_known_at_the_time_and_before_that_as_first_known()
    {
        using var store = Kind.Open();
        var home = new Probe(5)
        {
            AddressV4 = IPAddress.Parse("192.0.2.7"),
            AddressV6 = IPAddress.Parse("2001:db8::7"),
            AsnV4 = 64_500,
            AsnV6 = 4_200_000_000,
            PrefixV4 = "192.0.2.0/24",
            Country = "NL",
            Position = new GeoPoint(52.1, 5.9),
            Status = ProbeStatus.Connected,
            IsAnchor = true,
            IsPublic = false,
            Tags = ["home", "système"],
            FirstConnected = DateTimeOffset.FromUnixTimeSeconds(1_300_000_000),
            LastConnected = At(0),
        };
        var moved = home with { Position = new GeoPoint(-26.1, 28.2), Country = "ZA", LastConnected = At(2) };
        store.SaveProbes(At(0), [home]);
        store.SaveProbes(At(1), [home with { LastConnected = At(1) }, new Probe(6)]);
        store.SaveProbes(At(2), [moved]);

        Same(home with { LastConnected = At(1) }, store.Probes(At(-5))[5]);
        Same(home with { LastConnected = At(1) }, store.Probes(At(1.5))[5]);
        Same(moved, store.Probes(At(2))[5]);
        Assert.Equal([5, 6], store.Probes(At(9)).Keys.Order());
        Assert.Equal(3, Versions(store));

        static void Same(Probe expected, Probe actual)
        {
            Assert.Equal(expected.Tags, actual.Tags);
            Assert.Equal(expected with { Tags = [] }, actual with { Tags = [] });
        }
    }

    [Fact]
    public void Snapshots_in_any_order_leave_the_same_history()
    {
        (double Day, string Country)[] snapshots = [(0, "NL"), (1, "NL"), (2, "BE"), (3, "NL"), (4, "NL"), (5, "FR")];
        string[] expected = ["0 1 NL", "2 2 BE", "3 4 NL", "5 5 FR"];
        var random = new Random(1);
        for (var trial = 0; trial < 30; trial++)
        {
            // The one limit: a state is not known to have been interrupted before its interruption is seen.
            var order = snapshots.Where(snapshot => snapshot.Country != "BE").ToArray();
            random.Shuffle(order);
            using var store = Kind.Open("order" + trial);
            foreach (var (day, country) in snapshots.Where(snapshot => snapshot.Country == "BE").Concat(order))
            {
                store.SaveProbes(At(day), [new Probe(1) { Country = country }]);
            }

            Assert.Equal(expected, StoreHistory(store));
        }
    }

    [Fact]
    public void A_state_found_later_inside_another_splits_it()
    {
        using var store = Kind.Open();
        foreach (var (day, country) in new[] { (0, "NL"), (4, "NL"), (2, "BE") })
        {
            store.SaveProbes(At(day), [new Probe(1) { Country = country }]);
        }

        Assert.Equal(["0 0 NL", "2 2 BE", "4 4 NL"], StoreHistory(store));
    }

    protected static Observation Dns(long measurement, int probe, long at, double rttMs, string? identity) => new()
    {
        Kind = MeasurementKind.Dns,
        Measurement = measurement,
        Probe = probe,
        At = at,
        Family = 4,
        Query = "id.server",
        Identity = identity,
        Outcome = Outcome.Answered,
        RttMs = rttMs,
        RttMinMs = double.NaN,
        RttAvgMs = double.NaN,
        RttMaxMs = double.NaN,
        Sent = -1,
        Received = -1,
        Duplicates = -1,
        Rcode = 0,
    };

    private static Observation Crowded(Random random) =>
        Dns(random.Next(10, 12), random.Next(1, 4), Monday + (random.Next(40) * 7200), random.Next(1, 4), random.Next(3) == 0 ? null : "id" + random.Next(4)) with
        {
            Outcome = (Outcome)random.Next(1, 4),
            Sub = random.Next(2),
            Reason = random.Next(2) == 0 ? "timeout" : null,
        };

    private static DateTimeOffset At(double days) => DateTimeOffset.FromUnixTimeSeconds(Monday + (long)(days * 86_400));

    private static List<long> Times(ProbeSamples probe, int index) => [.. probe.Of(index).Select(sample => sample.At)];

    private static long Versions(ObservationStore store) => store.List("SELECT count(*) FROM probes", [], row => row.Long(0))[0];

    private static List<string> StoreHistory(ObservationStore store) => store.List(
        "SELECT since, seen, description FROM probes ORDER BY since",
        [],
        row => $"{(row.Long(0) - Monday) / 86_400} {(row.Long(1) - Monday) / 86_400} {JsonDocument.Parse(row.Text(2)!).RootElement.GetProperty("country_code").GetString()}");

    private List<string> DumpAfter(string name, Observation[][] parts)
    {
        using var store = Kind.Open(name);
        foreach (var part in parts)
        {
            store.Save(part);
        }

        return [.. StoreDump.Of(store)];
    }
}
