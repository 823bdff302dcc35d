using Analyzer.Catchments;
using Analyzer.Identities;
using Analyzer.Time;
using Collector.Geography;
using Collector.Network;
using Collector.Probes;
using Collector.Results;
using Collector.Store;

namespace Tests.Catchments;

/// <summary>A target with PoPs in Apeldoorn, Johannesburg and Fremont, and whatever a test lets its probes see.</summary>
internal sealed class World
{
    public const long Dns = 1_000_001;
    public const long Dns2 = 1_000_002;
    public const long Ping = 1_000_003;
    public const int Hour = 3600;

    public static readonly Pop Apeldoorn = new("APE", new GeoPoint(52.21, 5.97)) { Country = "NL" };
    public static readonly Pop Johannesburg = new("JNB", new GeoPoint(-26.2, 28.05)) { Country = "ZA" };
    public static readonly Pop Fremont = new("FMT", new GeoPoint(37.55, -121.99)) { Country = "US" };

    /// <summary>The same target with rules of its own, for what identifies by them.</summary>
    public static readonly Target Named = new("service")
    {
        Pops = [.. new[] { Apeldoorn, Johannesburg, Fremont }.Select(pop => pop with
        {
            Identities = [new IdentityPattern($@"^(?<server>ns\d+)\.{pop.Code}$")],
        })],
    };

    public MemoryStore Store { get; } = new();

    public Target Target { get; set; } = new("service") { Pops = [Apeldoorn, Johannesburg, Fremont] };

    public Window Window { get; set; } = Window.Of(new IsoWeek(2026, 46));

    public World()
    {
        Store.SaveMeasurement(new StoredMeasurement(Dns, "service", MeasurementKind.Dns, 4, "id.server", Hour));
        Store.SaveMeasurement(new StoredMeasurement(Ping, "service", MeasurementKind.Ping, 4, null, Hour));
    }

    /// <summary>Internet users in millions, close to what the world has; only the proportions matter.</summary>
    public static InternetPopulation Users { get; } =
        InternetPopulation.Load(new MemoryStream("country\tusers\nNL\t17\nDE\t80\nZA\t45\nUS\t310\n"u8.ToArray()));

    public static string? Continent(string country) => Countries.Find(country)?.Continent.DisplayName();

    public void Place(int probe, string? country = "NL", uint? asn = 64500, double latitude = 52.37, double longitude = 4.9, uint? asn6 = null) =>
        Store.SaveProbes(DateTimeOffset.UnixEpoch, [new Probe(probe) { Country = country, AsnV4 = asn, AsnV6 = asn6, Position = GeoPoint.From(latitude, longitude) }]);

    /// <summary>Rounds an hour apart, a letter each: A, J, F a PoP; i an interceptor; ? an unknown identity; 0 an answer without identity;
    /// - silence; x the probe could not ask; a space no attempt.</summary>
    public void Asks(int probe, string rounds, double rttMs = 400, long measurement = Dns, int offsetSeconds = 0, string? nsid = null)
    {
        for (var hour = 0; hour < rounds.Length; hour++)
        {
            var letter = rounds[hour];
            if (letter == ' ')
            {
                continue;
            }

            var isAnswered = letter is not ('-' or 'x');
            Store.Add(measurement, probe, new Sample
            {
                At = Window.FromUnixSeconds + (hour * Hour) + offsetSeconds,
                Outcome = letter == 'x' ? Outcome.Failed : isAnswered ? Outcome.Answered : Outcome.Unanswered,
                RttMicroseconds = isAnswered ? (int)(rttMs * 1000) : -1,
                AverageMicroseconds = -1,
                MaximumMicroseconds = -1,
                Identity = Store.Intern(letter switch
                {
                    'A' => "ns1.ape",
                    'J' => "ns1.jnb",
                    'F' => "ns1.fmt",
                    'i' => "dnsmasq-2.80",
                    '?' => "who.knows",
                    _ => null,
                }),
                Nsid = Store.Intern(isAnswered ? nsid : null),
                Rcode = 0,
                Sent = -1,
                Received = -1,
                Duplicates = -1,
            });
        }
    }

    /// <summary>Pings an hour apart; each number is the fastest packet, NaN none of three came back, ∞ the probe could not ask.</summary>
    public void Pings(int probe, params double[] fastestMs)
    {
        for (var hour = 0; hour < fastestMs.Length; hour++)
        {
            var ms = fastestMs[hour];
            Store.Add(Ping, probe, new Sample
            {
                At = Window.FromUnixSeconds + (hour * Hour) + 60,
                Outcome = double.IsNaN(ms) ? Outcome.Unanswered : double.IsInfinity(ms) ? Outcome.Failed : Outcome.Answered,
                RttMicroseconds = double.IsFinite(ms) ? (int)(ms * 1000) : -1,
                AverageMicroseconds = -1,
                MaximumMicroseconds = -1,
                Rcode = -1,
                Sent = double.IsInfinity(ms) ? -1 : 3,
                Received = double.IsFinite(ms) ? 3 : 0,
            });
        }
    }

    public Catchment Build(int family = 4, Action<JudgedRound>? tell = null) =>
        CatchmentBuilder.Build(Store, Target, family, Window, Identify, Store.Probes(Window.To), tell);

    public static CatchmentTable Cut(Catchment catchment, CatchmentKey by) => CatchmentTable.Of(catchment, by, Users);

    // Rules have tests of their own; these are as much of them as a catchment needs.
    private static Identification Identify(string identity, string source, DateTimeOffset at, Sighting? sighting)
    {
        Pop? pop = identity.Split('.')[^1] switch { "ape" => Apeldoorn, "jnb" => Johannesburg, "fmt" => Fremont, _ => null };
        var kind = pop is not null ? IdentityClass.Pop : identity.StartsWith("dnsmasq", StringComparison.Ordinal) ? IdentityClass.Interceptor : IdentityClass.Unknown;
        return new Identification(identity, source, kind, pop, pop is null ? null : identity.Split('.')[0], null, pop is null ? null : Confidence.Single);
    }
}
