using Tests.Servers;
using Tests.Store;
using Xunit;

namespace Tests.Grafana;

/// <summary>The dashboards are what the tools make of them, and keep to Grafana's own model.</summary>
public sealed class ModelTests
{
    private static string Tools => Repository.File("tools/grafana");

    [Fact]
    public async Task The_files_are_what_the_tools_make()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal((0, ""), await NodeAsync("make.mjs", folder["made"]));
        Assert.Equal(Dashboard.All.Select(dashboard => dashboard.Name), Directory.EnumerateFiles(folder["made"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        foreach (var dashboard in Dashboard.All)
        {
            // Else: npm run make, in tools/grafana.
            Assert.Equal(File.ReadAllText(Path.Combine(folder["made"], dashboard.Name)), File.ReadAllText(Path.Combine(Dashboard.Folder, dashboard.Name)));
        }
    }

    /// <summary>Once against the schemas that Grafana Labs made of its definitions, once against those that npm run schemas makes of its types.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_files_keep_to_grafanas_schemas(bool isCorpus)
    {
        var (code, said) = await NodeAsync("check.mjs", Schemas(isCorpus), Dashboard.Folder);
        Assert.True(code == 0, said);
        Assert.Equal($"{Dashboard.All.Count} dashboards, 0 problems\n", said);
    }

    [Theory]
    [InlineData("\"drawStyle\": \"line\"", "\"drawStyle\": \"lines\"", true)]
    [InlineData("\"drawStyle\": \"line\"", "\"drawStyle\": \"lines\"", false)]
    [InlineData("\"w\": 12", "\"w\": \"12\"", true)]
    [InlineData("\"w\": 12", "\"w\": \"12\"", false)]
    [InlineData("\"fieldConfig\": {", "\"fieldConfigs\": {}, \"fieldConfig\": {", true)]
    [InlineData("\"fieldConfig\": {", "\"fieldConfigs\": {}, \"fieldConfig\": {", false)]
    [InlineData("\"schemaVersion\": 42,", "", true)]
    [InlineData("\"schemaVersion\": 42,", "", false)]
    [InlineData("\"type\": \"geomap\"", "\"type\": \"worldmap\"", false)]
    [InlineData("\"mode\": \"coords\"", "\"mode\": \"coord\"", true)]
    public async Task A_slip_is_noticed(string right, string wrong, bool isCorpus)
    {
        var schemas = Schemas(isCorpus);
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["slip"]);
        var text = File.ReadAllText(Path.Combine(Dashboard.Folder, "overview.json"));
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder["slip"], "overview.json"), text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(1, (await NodeAsync("check.mjs", schemas, folder["slip"])).Code);
    }

    private static string Schemas(bool isCorpus)
    {
        NeedsInstalled("node_modules/ajv", "npm ci");
        if (isCorpus)
        {
            return Path.GetDirectoryName(Corpus.File("grafana-schema/dashboard.jsonschema.json"))!;
        }

        NeedsInstalled("schemas/dashboard.jsonschema.json", "npm run schemas");
        return Path.Combine(Tools, "schemas");
    }

    private static void NeedsInstalled(string what, string command)
    {
        var isThere = Path.Exists(Path.Combine(Tools, what));
        Assert.True(isThere || Environment.GetEnvironmentVariable("REQUIRE_SERVERS") != "1", $"{command} has not been run in tools/grafana, and REQUIRE_SERVERS=1 asks for it");
        Assert.SkipUnless(isThere, $"{command} has not been run in tools/grafana");
    }

    private static Task<(int Code, string Said)> NodeAsync(string script, params string[] arguments) =>
        ServerProgram.RunAsync(ServerProgram.Require("node"), [Path.Combine(Tools, script), .. arguments]);
}
