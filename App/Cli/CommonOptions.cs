using System.CommandLine;
using App.Hosting;
using Collector.Configuration;
using Collector.Geolocation;
using Collector.Store;

namespace App.Cli;

/// <summary>How data is written to standard output.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Ndjson,
    Csv,
}

/// <summary>The options that every command knows.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Config = new("--config")
    {
        Description = "Configuration file (default: ./appsettings.json, else the one beside the program)",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder of archive and store (default: Storage.Path of the configuration)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<OutputFormat?> Format = new("--format")
    {
        Description = "table, json, ndjson or csv",
        HelpName = "FORMAT",
        Recursive = true,
    };

    public static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "No progress, only data and errors",
        Recursive = true,
    };

    /// <summary>Reads the configuration that the command line asks for and says on standard error which one it was.</summary>
    public static Settings LoadSettings(ParseResult arguments)
    {
        var settings = SettingsLoader.Load(arguments.GetValue(Config));
        if (!arguments.GetValue(Quiet))
        {
            Console.Error.WriteLine($"configuration: {settings.File}");
        }

        return settings;
    }

    /// <summary>Opens the store of the command line or the configuration, with the configuration's GeoIP databases to place probes by.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="readOnly">Read while others may be writing.</param>
    /// <exception cref="IOException">It cannot be opened: one line for the operator.</exception>
    public static ObservationStore OpenStore(ParseResult arguments, Settings settings, bool readOnly = false) =>
        StoreFactory.Open(settings, settings.DataFolder(arguments.GetValue(Data)), new ErrorLogger<GeoDatabases>(), readOnly);
}
