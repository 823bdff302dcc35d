using System.Xml.Linq;
using Xunit;

namespace Tests.Docs;

/// <summary>Lists in the documentation that could go stale, held against what they list.</summary>
public sealed class DependenciesTests
{
    [Fact]
    public void The_table_of_packages_names_each_pinned_package_once()
    {
        var pinned = XDocument.Load(Repository.File("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(element => element.Attribute("Include")!.Value).Order(StringComparer.OrdinalIgnoreCase);
        var listed = File.ReadLines(Repository.File("docs/dependencies.md"))
            .SkipWhile(line => !line.StartsWith("| package", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim());
        Assert.Equal(pinned, listed.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        var pages = Directory.EnumerateFiles(Repository.File("docs"), "*.md").Append(Repository.File("README.md"));
        foreach (var page in pages)
        {
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(page), @"\]\((?<to>[^)#\s]+)"))
            {
                var to = link.Groups["to"].Value;
                if (!to.Contains("://", StringComparison.Ordinal))
                {
                    Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, to)), $"{Path.GetFileName(page)} links to {to}, which does not exist");
                }
            }
        }
    }
}
