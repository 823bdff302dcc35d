using System.CommandLine;
using Collector.Configuration;

namespace Reports.Commands;

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
}
