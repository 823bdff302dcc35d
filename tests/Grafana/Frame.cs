using System.Text.Json.Nodes;

namespace Tests.Grafana;

/// <summary>The columns of tables, followed through a panel's transformations as Grafana carries them out.</summary>
internal static class Frame
{
    /// <summary>The columns that a panel shows.</summary>
    /// <param name="tables">The columns of each of its queries.</param>
    /// <param name="transformations">Its transformations.</param>
    /// <param name="problems">Told of columns that a transformation names and nobody brings.</param>
    public static IReadOnlyList<string> Columns(IReadOnlyList<IReadOnlyList<string>> tables, JsonArray transformations, Action<string> problems)
    {
        var columns = tables.Count == 1 ? [.. tables[0]] : new List<string>();
        foreach (var transformation in transformations)
        {
            var options = transformation!["options"]!;
            void Need(string name, string id)
            {
                if (!columns.Contains(name))
                {
                    problems($"{id} names {name}, there are {string.Join(", ", columns)}");
                }
            }

            switch ((string)transformation["id"]!)
            {
                case "filterFieldsByName":
                    var without = options["exclude"]?["names"]!.AsArray().Select(name => (string)name!).ToList() ?? [];
                    var only = options["include"]?["names"]!.AsArray().Select(name => (string)name!).ToList();
                    tables = [.. tables.Select(table => (IReadOnlyList<string>)[.. table.Where(name => !without.Contains(name) && only?.Contains(name) is not false)])];
                    only?.ForEach(name => Need(name, "filterFieldsByName"));
                    columns = [.. tables.Count == 1 ? tables[0] : []];
                    break;
                case "merge":
                    // Rows are matched by the columns that all tables have: exactly the one that is meant.
                    if (tables.Aggregate((left, right) => [.. left.Intersect(right)]).Count != 1)
                    {
                        problems($"the tables are to have one column in common: {string.Join("; ", tables.Select(table => string.Join(", ", table)))}");
                    }

                    columns = [.. tables.SelectMany(table => table).Distinct()];
                    break;
                case "filterByValue":
                    Need((string)options["filters"]![0]!["fieldName"]!, "filterByValue");
                    break;
                case "calculateField":
                    Need((string)options["binary"]!["left"]!, "calculateField");
                    Need((string)options["binary"]!["right"]!, "calculateField");
                    columns.Add((string)options["alias"]!);
                    break;
                case "organize":
                    foreach (var name in new[] { "excludeByName", "indexByName", "renameByName" }.SelectMany(part => options[part]!.AsObject().Select(pair => pair.Key)))
                    {
                        Need(name, "organize");
                    }

                    columns = [.. columns.Where(name => options["excludeByName"]![name] is null).Select(name => (string?)options["renameByName"]![name] ?? name)];
                    break;
                case "sortBy":
                    Need((string)options["sort"]![0]!["field"]!, "sortBy");
                    break;
                case "limit":
                    break;
                case var id:
                    problems($"{id} is no transformation that this test knows");
                    break;
            }
        }

        return columns;
    }
}
