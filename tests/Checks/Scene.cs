using Analyzer.Catchments;
using Analyzer.Checks;
using Analyzer.Findings;
using Analyzer.Time;
using Collector.Controls;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;
using Tests.Catchments;

namespace Tests.Checks;

/// <summary>Two days of three targets in both families, and whatever a test lets its probes see; read as the checks are given it.</summary>
internal sealed class Scene
{
    public const int Hour = 3600;
    public const int Hours = 48;

    public static readonly Pop Apeldoorn = Pop("APE", "NL", 52.21, 5.97);
    public static readonly Pop Ljubljana = Pop("LJU", "SI", 46.06, 14.51);
    public static readonly Pop Johannesburg = Pop("JNB", "ZA", -26.2, 28.05);
    public static readonly Pop Sydney = Pop("SYD", "AU", -33.87, 151.21) with { Audience = ["AU", "NZ", "AS64999"] };

    private readonly List<Target> targets;

    /// <summary>Asked by our own schedule; or once, by nobody knows whose.</summary>
    public Scene(bool isScheduled = true)
    {
        int? interval = isScheduled ? Hour : null;
        targets = [.. new[] { "a", "b", "c" }.Select(name => new Target(name) { Pops = [Apeldoorn, Ljubljana, Johannesburg, Sydney] })];
        for (var target = 0; target < targets.Count; target++)
        {
            foreach (var family in new[] { 4, 6 })
            {
                Store.SaveMeasurement(new StoredMeasurement(Id(target, family, dns: true), targets[target].Name, MeasurementKind.Dns, family, "id.server", interval));
                Store.SaveMeasurement(new StoredMeasurement(Id(target, family, dns: false), targets[target].Name, MeasurementKind.Ping, family, null, interval));
            }
        }
    }

    private MemoryStore Store { get; } = new();

    public static Window Window { get; } = new(new DateTimeOffset(2026, 11, 9, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 11, 0, 0, 0, TimeSpan.Zero));

    public static long Start => Window.FromUnixSeconds;

    /// <summary>Probes of one network, all in one place; Amsterdam unless it says otherwise.</summary>
    public Scene Place(IEnumerable<int> probes, string country = "NL", uint asn = 64500, double latitude = 52.37, double longitude = 4.9)
    {
        Store.SaveProbes(DateTimeOffset.UnixEpoch, [.. probes.Select(id => new Probe(id) { Country = country, AsnV4 = asn, AsnV6 = asn, Position = GeoPoint.From(latitude, longitude) })]);
        return this;
    }

    /// <summary>Rounds an hour apart, a letter each: A, L, J, S a PoP; i an interceptor; ? an unknown identity; n NOTIMP and r REFUSED, without one; - silence; a space no attempt.
    /// The last letter goes on to the window's end. Hours before 0 are the time before the window.</summary>
    public Scene Asks(string target, IEnumerable<int> probes, string rounds, int family = 4, double rttMs = 400, int fromHour = 0, string unknown = "who.knows")
    {
        foreach (var probe in probes)
        {
            for (var hour = fromHour; hour < Hours; hour++)
            {
                var letter = rounds[Math.Min(hour - fromHour, rounds.Length - 1)];
                if (letter != ' ')
                {
                    Add(target, family, dns: true, probe, hour, letter == '-' ? null : rttMs, letter switch
                    {
                        'A' => "ns1.ape",
                        'L' => "ns1.lju",
                        'J' => "ns1.jnb",
                        'S' => "ns1.syd",
                        'i' => "dnsmasq-2.80",
                        '?' => unknown,
                        _ => null,
                    }, letter switch { 'n' => 4, 'r' => 5, _ => 0 });
                }
            }
        }

        return this;
    }

    /// <summary>Pings an hour apart, all window long, with such a fastest packet; null: none came back.</summary>
    public Scene Pings(string target, IEnumerable<int> probes, Func<int, double?> fastestMs, int family = 4)
    {
        foreach (var probe in probes)
        {
            for (var hour = 0; hour < Hours; hour++)
            {
                Add(target, family, dns: false, probe, hour, fastestMs(hour), null);
            }
        }

        return this;
    }

    public CheckInput Input(IReadOnlyList<ControlPing>? controls = null)
    {
        var reader = new CatchmentReader(Store);
        return new CheckInput(
            Window,
            reader.ReadAll(targets, Window, keepSeries: true),
            reader.ReadAll(targets, new Window(Window.From - CheckReader.Lead, Window.From), keepSeries: true),
            controls);
    }

    public List<Finding> Find(ICheck check, IReadOnlyList<ControlPing>? controls = null) => [.. check.Find(Input(controls))];

    /// <summary>K- and L-root answer these probes every hour; or nobody does.</summary>
    public static List<ControlPing> Roots(IEnumerable<int> probes, bool isAnswered = true, int family = 4) =>
        [.. probes.SelectMany(probe => Enumerable.Range(0, Hours).SelectMany(hour => new[] { "k-root", "l-root" }
            .Select(root => new ControlPing(root, probe, family, Start + (hour * Hour) + 120, isAnswered))))];

    private static Pop Pop(string code, string country, double latitude, double longitude) => new(code, new GeoPoint(latitude, longitude))
    {
        Country = country,
        Identities = [new IdentityPattern($"^(?<server>ns\\d+)\\.{code}$")],
    };

    private static long Id(int target, int family, bool dns) => 1_000_000 + (target * 10) + family + (dns ? 1 : 0);

    private void Add(string target, int family, bool dns, int probe, int hour, double? rttMs, string? identity, int rcode = 0) => Store.Add(
        Id(targets.FindIndex(one => one.Name == target), family, dns), probe, new Sample
        {
            // Probes do not ask all at once.
            At = Start + (hour * Hour) + (probe % 300) + (dns ? 0 : 30),
            Outcome = rttMs is null ? Outcome.Unanswered : Outcome.Answered,
            RttMicroseconds = rttMs is { } ms ? (int)(ms * 1000) : -1,
            AverageMicroseconds = -1,
            MaximumMicroseconds = -1,
            Identity = Store.Intern(identity),
            Rcode = dns ? rcode : -1,
            Sent = dns ? -1 : 3,
            Received = dns ? -1 : rttMs is null ? 0 : 3,
            Duplicates = -1,
        });
}
