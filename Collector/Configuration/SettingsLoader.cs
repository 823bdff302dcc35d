using Collector.Configuration.Alerts;
using Collector.Configuration.Checks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Collector.Configuration;

/// <summary>Finds and reads the one configuration file, with user secrets and environment over it.</summary>
/// <remarks>
/// Files are never layered: two lists would merge element by element, and a PoP of the shipped example would answer for one of
/// the operator's. The order is the option's file, else <c>appsettings.json</c> in the working directory, else the copy beside the
/// executable.
/// </remarks>
public static class SettingsLoader
{
    /// <summary>The file's name where none is given.</summary>
    public const string FileName = "appsettings.json";

    /// <summary>The id under which <c>dotnet user-secrets --id</c> keeps this program's secrets.</summary>
    public const string UserSecretsId = "anycast-measurement";

    private static readonly string[] Sections =
    [
        "Targets", "Pops", "IdentityTemplates", "Annotations", "Probes", "Atlas", "GeoIp", "Storage", "TimeSeries", "Schedule", "Checks", "Comparisons", "Alerts", "Web",
    ];

    // The web framework reads these by itself.
    private static readonly string[] FrameworkSections = ["Logging", "Kestrel", "AllowedHosts"];

    /// <summary>Reads the settings.</summary>
    /// <param name="file">The file that the operator named; null: look for one.</param>
    /// <exception cref="ConfigurationException">No file, or something in it that cannot be used.</exception>
    public static Settings Load(string? file) => Load(Find(file, Environment.CurrentDirectory, AppContext.BaseDirectory), Environment.GetEnvironmentVariables());

    /// <summary>The file to read.</summary>
    /// <param name="file">The file that the operator named; null: look for one.</param>
    /// <param name="folders">Where to look, in this order.</param>
    internal static string Find(string? file, params string[] folders)
    {
        if (file is not null)
        {
            return File.Exists(file)
                ? Path.GetFullPath(file)
                : throw new ConfigurationException($"--config is {file}, {(Directory.Exists(file) ? "a folder" : "which does not exist")}; allowed: a JSON file");
        }

        return folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists)
            ?? throw new ConfigurationException($"no {FileName} in the working directory or beside the program; name one with --config FILE");
    }

    /// <summary>Reads one file with an environment over it.</summary>
    internal static Settings Load(string path, System.Collections.IDictionary environment)
    {
        var builder = new ConfigurationBuilder();
        builder.AddJsonFile(path, optional: false, reloadOnChange: false);
        builder.AddUserSecrets(UserSecretsId);
        builder.Add(new MemoryConfigurationSource { InitialData = Ours(environment) });
        IConfigurationRoot configuration;
        try
        {
            configuration = builder.Build();
        }
        catch (Exception problem) when (problem is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read: {Innermost(problem).Message}", problem);
        }

        foreach (var section in configuration.GetChildren())
        {
            if (!Sections.Concat(FrameworkSections).Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw OptionBinder.Unknown(section.Path, section.Key, Sections);
            }
        }

        return new Settings
        {
            File = path,
            Network = NetworkReader.Read(configuration),
            Atlas = OptionBinder.Bind<AtlasOptions>(configuration.GetSection("Atlas")),
            GeoIp = Beside(path, OptionBinder.Bind<GeoIpOptions>(configuration.GetSection("GeoIp"))),
            Storage = OptionBinder.Bind<StorageOptions>(configuration.GetSection("Storage")),
            Probes = OptionBinder.Bind<ProbeSelectionOptions>(configuration.GetSection("Probes")).Checked(),
            TimeSeries = OptionBinder.Bind<TimeSeriesOptions>(configuration.GetSection("TimeSeries")),
            Schedule = OptionBinder.Bind<ScheduleOptions>(configuration.GetSection("Schedule")),
            Checks = OptionBinder.Bind<ChecksOptions>(configuration.GetSection("Checks")),
            Comparisons = OptionBinder.Bind<ComparisonOptions>(configuration.GetSection("Comparisons")),
            Alerts = OptionBinder.Bind<AlertsOptions>(configuration.GetSection("Alerts")),
            Web = OptionBinder.Bind<WebOptions>(configuration.GetSection("Web")),
            Framework = configuration,
        };
    }

    /// <summary>A file of that name in the working folder comes first; else one beside the configuration, so that the two can be handed on together.</summary>
    private static GeoIpOptions Beside(string file, GeoIpOptions options)
    {
        return new GeoIpOptions { City = Found(options.City), Asn = Found(options.Asn) };

        string? Found(string? path) =>
            !string.IsNullOrEmpty(path) && !File.Exists(path) && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && Path.Combine(folder, path) is var beside && File.Exists(beside)
                ? beside
                : path;
    }

    /// <summary>The variables under our sections and the framework's, such as <c>Atlas__Key</c>; all others are somebody else's.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> Ours(System.Collections.IDictionary environment)
    {
        foreach (System.Collections.DictionaryEntry variable in environment)
        {
            var key = ((string)variable.Key).Replace("__", ":", StringComparison.Ordinal);
            var separator = key.IndexOf(':', StringComparison.Ordinal);
            if (separator > 0 && Sections.Concat(FrameworkSections).Contains(key[..separator], StringComparer.OrdinalIgnoreCase))
            {
                yield return KeyValuePair.Create(key, (string?)variable.Value);
            }
        }
    }

    private static Exception Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : problem;
}
