using System.CommandLine;
using App.Cli;
using Xunit;

namespace Tests.Errors;

/// <summary>Every command where something it stands on is taken away: one line and an exit code, never a trace or an abort, nothing half-written, and the
/// earlier report stays.</summary>
public sealed class CommandTroubleTests(TroubledRun run) : IClassFixture<TroubledRun>
{
    private const string Results = "RESULTS", Out = "OUT";

    // Every command of the tree has a line here; a new one that has none is told so.
    private static readonly Dictionary<string, string> Invocations = new()
    {
        ["alerts test"] = "alerts test",
        ["annotations"] = "annotations",
        ["apply"] = "apply --yes",
        ["catchment"] = "catchment --target ns-a --family 4 --week 2026-W46",
        ["check"] = "check",
        ["collect"] = "collect --since 2026-11-10 --until 2026-11-11",
        ["decode"] = $"decode {Results}",
        ["demo"] = $"demo --out {Out}/demo --probes 10 --weeks 1",
        ["destroy"] = "destroy --yes",
        ["export"] = "export --to csv",
        ["findings"] = "findings --week 2026-W46 --format ndjson",
        ["identify"] = "identify ns1.ape.example.net --format ndjson",
        ["import"] = $"import {Results} --target ns-a --format json",
        ["lookup"] = "lookup NL --week 2026-W46",
        ["modes"] = "modes --target ns-a --family 4",
        ["plan"] = "plan",
        ["rebuild"] = "rebuild --format json",
        ["report"] = $"report --week 2026-W46 --out {Out}/reports",
        ["serve"] = $"serve --out {Out}/reports",
        ["simulate"] = $"simulate --listen http://127.0.0.1:0 --probes 10 --weeks 1 --truth {Out}/truth.json",
    };

    // It takes long, and what it writes to standard output is one path.
    private static readonly string[] Long = ["demo"];

    public static TheoryData<string> Commands => [.. Leaves(CommandLine.Root(), "")];

    public static TheoryData<string> QuickCommands => [.. Leaves(CommandLine.Root(), "").Except(Long)];

    [Fact]
    public void Every_command_is_tried() =>
        Assert.Equal(Leaves(CommandLine.Root(), "").Order(StringComparer.Ordinal), Invocations.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_full_disk(string command)
    {
        await PrepareAsync();
        run.Fill();
        var outcome = await JudgeAsync(command);
        Assert.True(Refused.Contains(command) == outcome.ExitCode is not ExitCode.Done || command == "destroy", $"{command}: {outcome}");
    }

    // What only reads goes on without room, what writes says so; the rest has nothing to do with the disk.
    private static readonly string[] Writing = ["apply", "collect", "demo", "import", "rebuild", "report", "serve", "simulate"];

    private static readonly string[] Refused = [.. Writing, "alerts test", "check"];

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(Commands))]
    public async Task A_disk_with_little_room_that_gets_full_under_way(string command)
    {
        await PrepareAsync();
        run.Fill(leave: 100_000);
        await JudgeAsync(command);
    }

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(Commands))]
    public async Task A_disk_that_cannot_be_written_to(string command)
    {
        await PrepareAsync();
        run.Remount("ro");
        var outcome = await JudgeAsync(command);
        Assert.True(Refused.Contains(command) == outcome.ExitCode is not ExitCode.Done || command == "destroy", $"{command}: {outcome}");
        Assert.DoesNotContain("another process", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(QuickCommands))]
    public async Task A_folder_that_was_removed_and_a_working_folder_that_was(string command)
    {
        await PrepareAsync();
        Directory.Delete(Path.Combine(run.Disk, "data"), recursive: true);
        await JudgeAsync(command, "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"");
    }

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(QuickCommands))]
    public async Task A_pipe_that_nobody_reads_is_no_error(string command)
    {
        await PrepareAsync();
        var outcome = await run.RunAsync(Words(command), closesOutput: true);
        Quiet(command, outcome);
        Assert.DoesNotContain("Broken pipe", outcome.Errors, StringComparison.Ordinal);

        // What a command did counts, not that nobody wanted to know.
        Assert.True(outcome.ExitCode == ExitCode.Done || command is "alerts test" or "check", $"{command}: {outcome}");
    }

    [Theory]
    [Trait("Tier", "slow")]
    [MemberData(nameof(QuickCommands))]
    public async Task Output_and_errors_onto_a_full_disk(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "a device that is always full is needed");
        await PrepareAsync();
        var outcome = await run.RunAsync(Words(command), "exec \"$@\" > /dev/full");
        Quiet(command, outcome);
        Assert.True(outcome.ExitCode != ExitCode.Failed || outcome.Errors.Length > 0, "it failed and did not say why");
        await run.ResetAsync();
        if (command is not ("serve" or "simulate"))
        {
            Assert.InRange((await run.RunAsync(Words(command), "exec \"$@\" 2> /dev/full")).ExitCode, 0, 3);
        }
    }

    private async Task PrepareAsync()
    {
        Assert.SkipUnless(run.HasDisk, "mounting a small file system needs Linux and root");
        await run.ResetAsync();
    }

    private async Task<TroubledRun.Outcome> JudgeAsync(string command, string shell = "exec \"$@\"")
    {
        var before = run.Look();
        var outcome = await run.RunAsync(Words(command), shell);
        Quiet(command, outcome);
        var lines = outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (outcome.ExitCode is ExitCode.Failed && command is not ("serve" or "check" or "alerts test"))
        {
            Assert.True(lines.Length == 1 && lines[0].StartsWith("measurement: ", StringComparison.Ordinal), $"{command}: {outcome}");
        }

        var after = run.Look();
        Assert.DoesNotContain(after.Keys, name => name.EndsWith(".new", StringComparison.Ordinal) || name.Contains(".new/", StringComparison.Ordinal)
            || name.EndsWith(".part", StringComparison.Ordinal) || name.EndsWith(".rebuild", StringComparison.Ordinal) || name.Contains(".old", StringComparison.Ordinal));
        if (outcome.ExitCode != ExitCode.Done)
        {
            Assert.All(before.Where(file => file.Key.StartsWith("reports", StringComparison.Ordinal)), file => Assert.Equal(file.Value, after.GetValueOrDefault(file.Key)));
        }

        return outcome;
    }

    /// <summary>An end of its own, and nothing that only a programmer reads.</summary>
    private static void Quiet(string command, TroubledRun.Outcome outcome)
    {
        Assert.True(outcome.ExitCode is ExitCode.Done or ExitCode.Failed or ExitCode.WrongUsage or ExitCode.Incomplete, $"{command}: {outcome}");
        Assert.True(outcome.ExitCode is not ExitCode.WrongUsage || command is "alerts test", $"{command} was not understood: {outcome}");
        foreach (var word in new[] { "   at ", "Unhandled exception", "--->", "a fault of the program", "Exception:" })
        {
            Assert.False(outcome.Errors.Contains(word, StringComparison.Ordinal), $"{command}: {outcome}");
        }
    }

    private string[] Words(string command) => [.. Invocations[command].Split(' ').Select(word => word == Results ? run.Results : word.Replace(Out, run.Disk, StringComparison.Ordinal))];

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(sub => Leaves(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}"));
}
