using System.Globalization;
using Collector.Geography;
using Collector.Network;
using Microsoft.Extensions.Configuration;

namespace Collector.Configuration;

/// <summary>Targets, PoPs, templates and annotations of a configuration, checked against each other.</summary>
internal static class NetworkReader
{
    // Sites are in the town of the airport that they are called after, or in one near it.
    private const double AirportKm = 100;

    /// <summary>Reads the network.</summary>
    /// <exception cref="ConfigurationException">Something is missing, twice there, or names what does not exist.</exception>
    public static AnycastNetwork Read(IConfiguration configuration)
    {
        var pops = OptionBinder.BindList<PopOptions>(configuration.GetSection("Pops")).Select(ReadPop).ToList();
        RefuseTwice(pops.Select(pop => pop.Code), "Pops", "Code");
        var targets = OptionBinder.BindList<TargetOptions>(configuration.GetSection("Targets"))
            .Select((options, index) => ReadTarget(options, index, pops)).ToList();
        RefuseTwice(targets.Select(target => target.Name), "Targets", "Name");
        var annotations = OptionBinder.BindList<AnnotationOptions>(configuration.GetSection("Annotations"))
            .Select((options, index) => ReadAnnotation(options, index, pops)).ToList();
        return new AnycastNetwork(targets, pops)
        {
            IdentityTemplates = OptionBinder.Texts(configuration.GetSection("IdentityTemplates")),
            Annotations = annotations,
        };
    }

    private static Pop ReadPop(PopOptions options, int index)
    {
        var path = $"Pops:{index}";
        var code = Required(options.Code, path, "Code");
        var position = GeoPoint.From(
            options.Latitude ?? throw Missing(path, "Latitude"), options.Longitude ?? throw Missing(path, "Longitude"))
            ?? throw new ConfigurationException($"{path} ({code}) is at 0,0, which is how an unknown place is written; allowed: where the PoP stands");
        if (options.Country is { } stated && (stated.Length != 2 || !stated.All(char.IsAsciiLetter)))
        {
            throw new ConfigurationException($"{path}:Country is {stated}; allowed: a two-letter country code such as NL");
        }

        if (options.Since is { } since && options.Until is { } until && since >= until)
        {
            throw new ConfigurationException($"{path}:Until is {until:yyyy-MM-dd}; allowed: a time after Since, {since:yyyy-MM-dd}");
        }

        var (city, country) = PlaceOf(code, position);
        return new Pop(code, position)
        {
            // Continents are compared by country: without one, a detour could not be seen.
            City = options.City ?? (options.Country is null || options.Country.Equals(country, StringComparison.OrdinalIgnoreCase) ? city : null),
            Country = options.Country?.ToUpperInvariant() ?? country,
            Identities = [.. options.Identities.Select((identity, number) => new IdentityPattern(
                Required(identity.Pattern, $"{path}:Identities:{number}", "Pattern"), identity.Source, identity.ValidFrom, identity.ValidTo))],
            Unicast = [.. options.Unicast.Select(address => address.ToString())],
            Audience = [.. options.Audience.Select((member, number) => Audience(member, $"{path}:Audience:{number}"))],
            Since = options.Since,
            Until = options.Until,
        };
    }

    /// <summary>City and country of an airport's code when the PoP stands near that airport; else the country of the nearest town.</summary>
    private static (string? City, string? Country) PlaceOf(string code, GeoPoint position) =>
        Places.Airport(code).FirstOrDefault(place => GreatCircle.DistanceKm(place.Position, position) <= AirportKm) is { } airport ? (airport.Name, airport.Country)
            : (null, Places.NearestCity(position)?.Country);

    private static string Audience(string member, string path)
    {
        var upper = member.ToUpperInvariant();
        var known = (upper.Length == 2 && upper.All(char.IsAsciiLetter))
            || (upper.StartsWith("AS", StringComparison.Ordinal) && uint.TryParse(upper.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return known ? upper : throw new ConfigurationException($"{path} is {member}; allowed: a country such as NL or an AS such as AS64500");
    }

    private static Target ReadTarget(TargetOptions options, int index, List<Pop> pops)
    {
        var path = $"Targets:{index}";
        var preset = options.Preset is null ? null : Presets.Find(options.Preset) ?? throw new ConfigurationException(
            $"{path}:Preset is {options.Preset}; allowed: a-root to m-root; {KnownNames.Hint(options.Preset, Presets.Names)}");
        var name = options.Name ?? preset?.Name ?? throw Missing(path, "Name");
        if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') || name.Length is 0 or > 64)
        {
            throw new ConfigurationException($"{path}:Name is {name}; allowed: up to 64 letters, digits, dots, hyphens and underscores");
        }

        var target = preset ?? new Target(name) { Pops = pops };
        target = target with
        {
            Name = name,
            IPv4 = options.IPv4 ?? target.IPv4,
            IPv6 = options.IPv6 ?? target.IPv6,
            Identity = options.Identity ?? target.Identity,
            IsAnonymous = options.Anonymous,
            DnsInterval = options.DnsInterval ?? target.DnsInterval,
            PingInterval = options.PingInterval ?? target.PingInterval,
            GreenBelowMs = options.GreenBelowMs ?? target.GreenBelowMs,
            Pops = options.Pops is null ? target.Pops : [.. options.Pops.Select((code, number) => FindPop(code, $"{path}:Pops:{number}", pops))],
            Follow = options.Follow is { } follow ? new Follow(follow.Dns4, follow.Dns6, follow.Ping4, follow.Ping6) : target.Follow,
        };
        if (target.IPv4 is null && target.IPv6 is null && target.Follow is null)
        {
            throw new ConfigurationException($"{path} ({name}) has neither IPv4 nor IPv6 nor Follow; allowed: at least one of them");
        }

        Require(target.IPv4?.AddressFamily is null or System.Net.Sockets.AddressFamily.InterNetwork, $"{path}:IPv4 is {target.IPv4}; allowed: an IPv4 address");
        Require(target.IPv6?.AddressFamily is null or System.Net.Sockets.AddressFamily.InterNetworkV6, $"{path}:IPv6 is {target.IPv6}; allowed: an IPv6 address");
        return target;
    }

    private static Annotation ReadAnnotation(AnnotationOptions options, int index, List<Pop> pops)
    {
        var path = $"Annotations:{index}";
        Require(
            options.Pop is not null || options.Intent is null or ChangeIntent.Faster,
            $"{path}:Intent is {options.Intent} and there is no Pop; allowed: {ChangeIntent.Faster}, or the Pop whose catchment it is about");
        return new Annotation(
            options.At ?? throw Missing(path, "At"),
            options.Pop is null ? null : FindPop(options.Pop, $"{path}:Pop", pops).Code,
            Required(options.Text, path, "Text"))
        {
            Intent = options.Intent,
        };
    }

    private static Pop FindPop(string code, string path, List<Pop> pops) =>
        pops.FirstOrDefault(pop => pop.Code.Equals(code, StringComparison.OrdinalIgnoreCase))
        ?? throw new ConfigurationException(
            $"{path} is {code}; allowed: the code of a PoP" + (OptionBinder.Nearest(code, pops.Select(pop => pop.Code)) is { } near ? $", perhaps {near}" : ""));

    private static void RefuseTwice(IEnumerable<string> names, string section, string key)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            Require(seen.Add(name), $"{section}:{index}:{key} is {name}, which stands there twice; allowed: each once");
        }
    }

    private static string Required(string? value, string path, string key) =>
        string.IsNullOrWhiteSpace(value) ? throw Missing(path, key) : value;

    private static ConfigurationException Missing(string path, string key) => new($"{path}:{key} is missing; it is required");

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ConfigurationException(message);
        }
    }
}
