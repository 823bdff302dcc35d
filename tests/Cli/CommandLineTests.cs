using App.Cli;
using Xunit;

namespace Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("reprot is not a command; did you mean report?", "reprot")]
    [InlineData("catchment: Option '--target' is required.", "catchment")]
    [InlineData("report does not know --frmat; --help lists what it knows", "report", "--week", "2026-W46", "--frmat", "json")]
    public void A_wrong_command_line_gets_one_line_that_helps(string message, params string[] arguments)
    {
        var root = CommandLine.Root();
        var parsed = root.Parse(arguments);
        Assert.NotEmpty(parsed.Errors);
        Assert.Equal(message, CommandLine.Explain(parsed, root));
    }

    /// <summary>Operators look for a command where the alphabet puts it.</summary>
    [Fact]
    public void Commands_are_listed_by_the_alphabet_and_each_says_what_it_does()
    {
        var commands = CommandLine.Root().Subcommands;
        Assert.Equal(commands.Select(command => command.Name).Order(StringComparer.Ordinal), commands.Select(command => command.Name));
        Assert.All(commands, command => Assert.NotEqual("", command.Description));
    }

    [Fact]
    public void The_changelog_names_each_command()
    {
        var changelog = File.ReadAllText(Repository.File("CHANGELOG.md"));
        Assert.All(CommandLine.Root().Subcommands, command => Assert.Contains($"`{command.Name}`", changelog, StringComparison.Ordinal));
    }
}
