using Xunit;

namespace Tests.Architecture;

/// <summary>The house stays as it is drawn in docs/architecture.md: one direction, and each thing in its room.</summary>
public sealed class NamespaceTests
{
    private static readonly SourceTree Tree = SourceTree.Read();

    [Fact]
    public void No_namespace_knows_one_that_knows_it()
    {
        var edges = Tree.Edges();
        Assert.True(edges.Count > 40, "too few namespaces were read to say anything");
        var cycle = edges.Keys.Select(start => Path(start, start)).FirstOrDefault(path => path is not null);
        Assert.True(cycle is null, cycle is null ? "" : string.Join('\n', cycle.Zip(cycle.Skip(1)).Select(step =>
            $"{step.First} knows {step.Second}, by {string.Join(", ", edges[step.First][step.Second].Take(3))}")));

        // The shortest way from a namespace back to itself; null: there is none.
        List<string>? Path(string from, string to)
        {
            var before = new Dictionary<string, string>();
            var next = new Queue<string>([from]);
            while (next.TryDequeue(out var room))
            {
                foreach (var other in edges.TryGetValue(room, out var known) ? known.Keys : Enumerable.Empty<string>())
                {
                    if (!before.TryAdd(other, room))
                    {
                        continue;
                    }

                    if (other == to)
                    {
                        var path = new List<string> { to };
                        do
                        {
                            path.Insert(0, before[path[0]]);
                        }
                        while (path[0] != from);
                        return path;
                    }

                    next.Enqueue(other);
                }
            }

            return null;
        }
    }

    [Fact]
    public void A_folder_is_a_namespace() =>
        Assert.All(Tree.Files.Where(file => file.Path != "App/Program.cs"), file => Assert.True(file.Namespace == file.Folder, $"{file.Path} is in the namespace {file.Namespace}"));

    [Theory]
    [InlineData("Collector")]
    [InlineData("Analyzer", "Collector")]
    [InlineData("Reports", "Analyzer", "Collector")]
    [InlineData("Simulator", "Collector")]
    public void Projects_know_those_below_them_alone(string project, params string[] below)
    {
        var all = new[] { "Collector", "Analyzer", "Reports", "Simulator", "App" };
        var files = Tree.Files.Where(file => file.Path.StartsWith(project + "/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.All(
            file.Usings.Select(name => name.Split('.')[0]).Where(all.Contains),
            other => Assert.True(other == project || below.Contains(other), $"{file.Path} knows {other}")));
    }

    [Fact]
    public void Only_the_demo_and_the_commands_that_start_it_know_the_simulator() =>
        Assert.All(
            Tree.Files.Where(file => file.Usings.Any(name => name.StartsWith("Simulator.", StringComparison.Ordinal)) && !file.Path.StartsWith("Simulator/", StringComparison.Ordinal)),
            file => Assert.True(file.Namespace is "App.Demo" or "App.Scoring" || file.Path is "App/Cli/SimulateCommand.cs" or "App/Cli/DemoCommand.cs", file.Path));
}
