using System.Text.RegularExpressions;

namespace Tests.Architecture;

/// <summary>What the source says about who knows whom: one node a namespace, read from the files and not from the assemblies, so that a
/// finding names the file to change.</summary>
internal sealed partial class SourceTree
{
    private static readonly string[] Projects = ["Collector", "Analyzer", "Reports", "Simulator", "App"];

    private SourceTree(IReadOnlyList<SourceFile> files) => Files = files;

    /// <summary>The files of all projects but the tests.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Reads the checkout.</summary>
    public static SourceTree Read() => new(
    [
        .. Projects
            .SelectMany(project => Directory.EnumerateFiles(Repository.File(project), "*", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.File("."), path).Replace('\\', '/'))
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Where(path => !path.EndsWith("_Imports.razor", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Repository.File(path)))),
    ]);

    /// <summary>Which namespace knows which others, and by which files.</summary>
    /// <remarks>A namespace is known by a using line, or, where it encloses the file's own, by the name of one of its types.</remarks>
    public Dictionary<string, Dictionary<string, List<string>>> Edges()
    {
        var types = Files.GroupBy(file => file.Namespace).ToDictionary(room => room.Key, room => room.SelectMany(file => file.Types).ToHashSet());
        var edges = new Dictionary<string, Dictionary<string, List<string>>>();
        foreach (var file in Files)
        {
            var known = file.Usings.Select(name => types.ContainsKey(name) ? name : Parent(name)).Where(types.ContainsKey);
            var enclosing = Enclosing(file.Namespace)
                .Where(room => types.TryGetValue(room, out var theirs) && theirs.Except(types[file.Namespace]).Any(file.Words.Contains));
            foreach (var other in known.Concat(enclosing).Where(other => other != file.Namespace).Distinct())
            {
                var from = edges.TryGetValue(file.Namespace, out var there) ? there : edges[file.Namespace] = [];
                (from.TryGetValue(other, out var files) ? files : from[other] = []).Add(file.Path);
            }
        }

        return edges;
    }

    private static IEnumerable<string> Enclosing(string name)
    {
        for (var room = Parent(name); room.Length > 0; room = Parent(room))
        {
            yield return room;
        }
    }

    private static string Parent(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : "";

    /// <summary>One file.</summary>
    internal sealed partial class SourceFile
    {
        /// <summary>Reads it.</summary>
        public SourceFile(string path, string text)
        {
            Path = path;
            Folder = path[..path.LastIndexOf('/')].Replace('/', '.');
            Namespace = NamespaceLine().Match(text) is { Success: true } line ? line.Groups[1].Value : Folder;
            Usings = [.. UsingLine().Matches(text).Select(match => match.Groups[1].Value)];
            var code = Comment().Replace(Literal().Replace(text, "\"\""), "");
            Words = [.. Word().Matches(code).Select(match => match.Value)];
            Types = [.. Declaration().Matches(code).Select(match => match.Groups[1].Value)];
        }

        public string Path { get; }

        /// <summary>Its folder, written like a namespace.</summary>
        public string Folder { get; }

        public string Namespace { get; }

        public IReadOnlyList<string> Usings { get; }

        /// <summary>Every identifier outside comments and strings.</summary>
        public HashSet<string> Words { get; }

        /// <summary>The types that it declares.</summary>
        public IReadOnlyList<string> Types { get; }

        [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^@?using (?:static )?(?:\w+ = )?([\w.]+);?\r?$", RegexOptions.Multiline)]
        private static partial Regex UsingLine();

        [GeneratedRegex(@"""(?:[^""\\\n]|\\.)*""")]
        private static partial Regex Literal();

        [GeneratedRegex(@"//[^\n]*")]
        private static partial Regex Comment();

        [GeneratedRegex(@"\w+")]
        private static partial Regex Word();

        [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?: struct| class)?)\s+(\w+)")]
        private static partial Regex Declaration();
    }
}
