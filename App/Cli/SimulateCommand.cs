using System.CommandLine;
using System.Globalization;
using Collector.Archive;
using Collector.Configuration;
using Simulator.Server;
using Simulator.Worlds;

namespace App.Cli;

/// <summary><c>simulate</c>: an offline RIPE Atlas for as long as it runs.</summary>
internal static class SimulateCommand
{
    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Address to listen on; port 0 takes a free one",
        HelpName = "URL",
        DefaultValueFactory = _ => "http://127.0.0.1:8038",
    };

    private static readonly Option<int> Seed = new("--seed") { Description = "Which Internet", DefaultValueFactory = _ => 8038 };

    private static readonly Option<int> Probes = new("--probes") { Description = "How many probes, 1 to 12000", DefaultValueFactory = _ => 1000 };

    private static readonly Option<int> Weeks = new("--weeks")
    {
        Description = "How many weeks, 1 to 104; the last is 2026-W46",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string?> Now = new("--now")
    {
        Description = "The simulated present, ISO 8601, or \"live\" for the real time (default: the end of the last week)",
        HelpName = "T",
    };

    private static readonly Option<double> Faults = new("--faults")
    {
        Description = "How often a request fails, 0 to 1: 429, 500, time-outs, cut and slow bodies, wrong JSON",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string?> Truth = new("--truth") { Description = "Write the truth to a file before serving", HelpName = "FILE" };

    private static readonly Option<string?> Record = new("--record") { Description = "Write every result that is sent to a file", HelpName = "FILE" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("simulate", "Serve an offline RIPE Atlas over a made-up Internet with known truth.") { Listen, Seed, Probes, Weeks, Now, Faults, Truth, Record, ClockOption.Clock };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var listen = ReadListen(arguments.GetValue(Listen)!);
        var probes = InRange("--probes", arguments.GetValue(Probes), 1, 12_000);
        var weeks = InRange("--weeks", arguments.GetValue(Weeks), 1, 104);
        var rate = arguments.GetValue(Faults);
        if (rate is not (>= 0 and <= 1))
        {
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"--faults is {rate}; allowed: 0 to 1"));
        }

        var now = ClockOption.Read(arguments) ?? ReadNow(arguments.GetValue(Now));
        var seed = arguments.GetValue(Seed);
        var world = World.Create(seed, probes, weeks);
        if (arguments.GetValue(Truth) is { } file)
        {
            PrivateFiles.WriteShared(file, world.WriteTruth);
        }

        using var record = arguments.GetValue(Record) is { } path ? new DeliveryRecord(path) : null;
        var options = new SimulatorOptions { Listen = listen, Time = now, Faults = SimulatorFaults.Of(rate, seed), Record = record };
        await using var server = await SimulatorServer.StartAsync(world, options, cancellationToken);
        await Console.Out.WriteLineAsync($"Atlas__BaseUrl={server.BaseUrl}");
        await Console.Out.WriteLineAsync($"Atlas__StreamUrl={server.StreamUrl}");
        await Console.Out.WriteLineAsync($"Atlas__Key={SimulatedNetwork.Key}");
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"simulating {probes} probes over {weeks} weeks, seed {seed}; stop with Ctrl-C"));
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM is how this ends.
        }

        return ExitCode.Done;
    }

    private static Uri ReadListen(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.AbsolutePath == "/" && uri.Query.Length == 0
        && (uri.Host == "localhost" || System.Net.IPAddress.TryParse(uri.Host.Trim('[', ']'), out _))
            ? uri
            : throw new ConfigurationException($"--listen is {text}; allowed: http, an address and a port, such as http://127.0.0.1:8038");

    private static TimeProvider? ReadNow(string? text) => text switch
    {
        null => null,
        "live" => TimeProvider.System,
        _ => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new SimulatorClock(time)
            : throw new ConfigurationException($"--now is {text}; allowed: a time such as 2026-11-09T00:00:00Z, or live"),
    };

    private static int InRange(string option, int value, int from, int to) => value >= from && value <= to
        ? value
        : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; allowed: {from} to {to}"));
}
