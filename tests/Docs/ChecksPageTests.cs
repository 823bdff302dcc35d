using System.Globalization;
using System.Reflection;
using Analyzer.Checks;
using Collector.Configuration.Checks;
using Reports.Findings;
using Xunit;

namespace Tests.Docs;

public sealed class ChecksPageTests
{
    public static TheoryData<string> Names => [.. CheckSuite.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_check_has_a_page_that_says_what_it_means_when_it_misleads_and_what_to_do(string name)
    {
        var page = File.ReadAllText(Repository.File($"docs/checks/{name}.md"));
        Assert.StartsWith($"# {name}\n", page, StringComparison.Ordinal);
        Assert.All(["What it means", "When it misleads", "What to do", "Options"], title => Assert.Contains($"\n## {title}\n", page, StringComparison.Ordinal));
        Assert.Contains($"| {CheckWords.Of(name)} |\n", File.ReadAllText(Repository.File("docs/checks.md")), StringComparison.Ordinal);
        Assert.Contains($"| [{name}](checks/{name}.md) |", File.ReadAllText(Repository.File("docs/checks.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_page_of_a_check_that_does_not_exist() =>
        Assert.Equal(CheckSuite.Names, Directory.GetFiles(Repository.File("docs/checks"), "*.md").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_option_is_on_the_page_with_its_default_and_no_other(string name)
    {
        var block = typeof(ChecksOptions).GetProperty(name.Replace("-", "", StringComparison.Ordinal), BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance);
        var options = block?.GetValue(new ChecksOptions());
        var expected = (options?.GetType().GetProperties().Where(property => property.CanWrite) ?? [])
            .Select(property => string.Create(CultureInfo.InvariantCulture, $"| `{property.Name}` | `{property.GetValue(options)}` |"));
        var described = File.ReadLines(Repository.File($"docs/checks/{name}.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|')[..3]) + "|");
        Assert.Equal(expected.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }
}
