using System.Text.RegularExpressions;
using App.Cli;
using Xunit;

namespace Tests.Docs;

/// <summary>What operators copy from us has to fit the program.</summary>
public sealed class OperationsPageTests
{
    [Fact]
    public void The_unit_starts_the_service_with_options_that_it_knows()
    {
        var start = File.ReadLines(Repository.File("deploy/measurement.service")).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal));
        var words = start["ExecStart=".Length..].Split(' ');
        Assert.EndsWith("/measurement", words[0], StringComparison.Ordinal);
        var parsed = CommandLine.Root().Parse(words[1..]);
        Assert.Empty(parsed.Errors);
        Assert.Equal("serve", parsed.CommandResult.Command.Name);
        Assert.Contains($"RestartPreventExitStatus={ExitCode.WrongUsage}", File.ReadAllText(Repository.File("deploy/measurement.service")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_of_ours_on_the_page_is_one()
    {
        var known = CommandLine.Root().Subcommands.Select(command => command.Name).ToList();
        var named = Regex.Matches(Page(), @"/measurement/measurement (?<verb>[a-z]+)").Select(match => match.Groups["verb"].Value).ToHashSet();
        Assert.Superset(new HashSet<string> { "apply", "check", "plan", "rebuild" }, named);
        Assert.All(named, verb => Assert.Contains(verb, known));
    }

    [Fact]
    public void Alert_rules_ask_for_metrics_that_are_described()
    {
        var described = File.ReadAllText(Repository.File("docs/http.md"));
        var named = Regex.Matches(Page(), @"\bmeasurement_(?<name>[a-z_]+)").Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.True(named.Count >= 4);
        Assert.All(named, name => Assert.Contains($"`{name}`", described, StringComparison.Ordinal));
    }

    private static string Page() => File.ReadAllText(Repository.File("docs/operations.md"));
}
