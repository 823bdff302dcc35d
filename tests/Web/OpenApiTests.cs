using System.Text.Json;
using App.Alerts;
using Xunit;

namespace Tests.Web;

/// <summary>A description that promises what is not so is worse than none: each route is in it, and each answer is as it says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private WebHost host = null!;
    private JsonElement description;

    public async ValueTask InitializeAsync()
    {
        host = await WebHost.StartAsync();
        description = JsonDocument.Parse(await host.TextAsync("/openapi/v1.json")).RootElement;
    }

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Each_route_is_described_and_no_other() =>
        Assert.Equal(
            [
                "delete /api/v1/silences/{id}", "get /api/v1/alerts", "get /api/v1/annotations", "get /api/v1/catchments", "get /api/v1/findings", "get /api/v1/jobs",
                "get /api/v1/lookup", "get /api/v1/modes", "get /api/v1/pops", "get /api/v1/probes", "get /api/v1/series", "get /api/v1/silences",
                "get /api/v1/targets", "post /api/v1/jobs/{name}/run", "post /api/v1/silences",
            ],
            description.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_for_operators_names_each_route_with_its_parameters()
    {
        var page = File.ReadLines(Repository.File("docs/http.md")).SkipWhile(line => line != "## API").TakeWhile(line => line != "## Metrics").Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        foreach (var (path, method, operation) in Operations())
        {
            var route = (method == "get" ? "" : method.ToUpperInvariant() + " ") + path["/api/v1/".Length..];
            var row = Assert.Single(page, line => line.StartsWith($"| `{route}` |", StringComparison.Ordinal));
            Assert.All(Parameters(operation).Where(name => !path.Contains($"{{{name}}}", StringComparison.Ordinal)), name => Assert.Contains($"`{name}`", row, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Each_operation_and_parameter_says_what_it_is()
    {
        foreach (var (_, _, operation) in Operations())
        {
            Assert.NotEqual("", operation.GetProperty("summary").GetString());
            Assert.NotEqual("", operation.GetProperty("operationId").GetString());
            if (operation.TryGetProperty("parameters", out var parameters))
            {
                Assert.All(parameters.EnumerateArray(), parameter => Assert.NotEqual("", parameter.GetProperty("description").GetString()));
            }
        }
    }

    [Theory]
    [InlineData("targets")]
    [InlineData("pops")]
    [InlineData("probes?limit=2")]
    [InlineData("catchments?target=service&week=2026-W46")]
    [InlineData("catchments?target=service&week=2026-W46&by=server")]
    [InlineData("catchments?target=service&week=2026-W46&by=country")]
    [InlineData("catchments?target=service&week=2026-W46&by=asn")]
    [InlineData("catchments?target=service&week=2026-W46&by=probe")]
    [InlineData("catchments?target=service&week=2026-W46&compare=2026-W45")]
    [InlineData("catchments?target=service&since=2026-11-12&until=2026-11-13&compare=2026-W46")]
    [InlineData("lookup?q=AS64500&target=service")]
    [InlineData("lookup?q=AS64501&target=service")]
    [InlineData("lookup?q=AS1&target=service")]
    [InlineData("lookup?q=AS64500")]
    [InlineData("findings?week=2026-W46")]
    [InlineData("series?target=service")]
    [InlineData("modes?target=service")]
    [InlineData("annotations")]
    [InlineData("annotations?week=2026-W46&target=service")]
    [InlineData("jobs")]
    [InlineData("alerts")]
    [InlineData("silences")]
    public async Task Each_answer_is_as_described(string question)
    {
        host.World.Store.SaveDocuments([AlertStore.Change("a", Tests.Alerts.Make.Alert() with { EndsAt = WebHost.Now })]);
        var silence = await host.PostAsync("/api/v1/silences", $$"""{"matchers":["asn=64501"],"end":{{WebHost.At(60).ToUnixTimeSeconds()}},"comment":"work","author":"me"}""");
        Assert.Equal(System.Net.HttpStatusCode.Created, silence.StatusCode);
        var operation = description.GetProperty("paths").GetProperty($"/api/v1/{question.Split('?')[0]}").GetProperty("get");
        using var answer = JsonDocument.Parse(await host.TextAsync($"/api/v1/{question}"));
        Check(operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema"), answer.RootElement, "$");
    }

    [Fact]
    public async Task A_started_job_and_a_refusal_are_as_described()
    {
        var responses = description.GetProperty("paths").GetProperty("/api/v1/jobs/{name}/run").GetProperty("post").GetProperty("responses");
        using var accepted = JsonDocument.Parse(await (await host.SendAsync(HttpMethod.Post, "/api/v1/jobs/collect/run", WebHost.WithKey())).Content.ReadAsStringAsync());
        Check(responses.GetProperty("202").GetProperty("content").GetProperty("application/json").GetProperty("schema"), accepted.RootElement, "$");
        using var refused = JsonDocument.Parse(await (await host.SendAsync(HttpMethod.Post, "/api/v1/jobs/nope/run", WebHost.WithKey())).Content.ReadAsStringAsync());
        Check(responses.GetProperty("404").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema"), refused.RootElement, "$");
    }

    private IEnumerable<(string Path, string Method, JsonElement Operation)> Operations() =>
        description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => (path.Name, method.Name, method.Value)));

    private static IEnumerable<string> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!) : [];

    /// <summary>As much of JSON Schema as the description uses. A member that is not described fails.</summary>
    private void Check(JsonElement schema, JsonElement value, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(description.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), value, where);
            return;
        }

        if (schema.TryGetProperty("oneOf", out var choices))
        {
            // Nothing, an object and an array are what choices are between here.
            Check(choices.EnumerateArray().Single(choice => value.ValueKind == (TypeOf(choice) switch { "null" => JsonValueKind.Null, "array" => JsonValueKind.Array, _ => JsonValueKind.Object })), value, where);
            return;
        }

        if (schema.TryGetProperty("type", out var types))
        {
            var allowed = types.ValueKind == JsonValueKind.Array ? [.. types.EnumerateArray().Select(type => type.GetString()!)] : new[] { types.GetString()! };
            Assert.True(allowed.Any(type => Is(type, value)), $"{where} is {value.ValueKind} {value.GetRawText()[..Math.Min(60, value.GetRawText().Length)]}; described: {string.Join(", ", allowed)}");
        }

        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("additionalProperties", out var each))
        {
            Assert.All(value.EnumerateObject(), member => Check(each, member.Value, $"{where}.{member.Name}"));
        }
        else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            foreach (var member in value.EnumerateObject())
            {
                Assert.True(properties.TryGetProperty(member.Name, out var described), $"{where}.{member.Name} is not described");
                Check(described, member.Value, $"{where}.{member.Name}");
            }

            if (schema.TryGetProperty("required", out var required))
            {
                Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{where}.{name} is missing"));
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            Assert.All(value.EnumerateArray(), element => Check(schema.GetProperty("items"), element, $"{where}[]"));
        }
    }

    private static string? TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };
}
