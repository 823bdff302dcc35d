using System.Net;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Tests.Web;
using Xunit;

namespace Tests.Changes;

/// <summary>Three Dutch probes moved to Johannesburg on Thursday at midnight, when something with a rude name was announced there.</summary>
public sealed class ChangePagesTests : IAsyncLifetime
{
    private WebHost host = null!;

    public async ValueTask InitializeAsync() => host = await WebHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_days_of_a_service_their_modes_and_what_is_to_be_said_of_the_last_one()
    {
        using var answer = JsonDocument.Parse(await host.TextAsync("/api/v1/modes?target=service&family=4"));
        var days = answer.RootElement.GetProperty("days");
        Assert.Equal([1, 1, 1, 2, 2, 2, 2], days.GetProperty("windows").EnumerateArray().Select(day => day.GetProperty("mode").GetInt32()));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], days.GetProperty("similarities").EnumerateArray().Select(row => row.GetArrayLength()));
        Assert.Equal(0, days.GetProperty("similarities")[3][0].GetDouble());
        Assert.Equal([1, 2], days.GetProperty("stretches").EnumerateArray().Select(stretch => stretch.GetProperty("mode").GetInt32()));
        Assert.Equal("same", answer.RootElement.GetProperty("day").GetProperty("news").GetString());
        Assert.Equal("first", answer.RootElement.GetProperty("week").GetProperty("news").GetString());
        Assert.True(answer.RootElement.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task More_results_of_a_day_that_is_over_are_in_the_next_answer()
    {
        await host.TextAsync("/api/v1/modes?target=service");
        foreach (var probe in new[] { 11, 12, 13 })
        {
            host.World.Place(probe);
            host.World.Asks(probe, new string('A', 24));
        }

        host.Time.Now += TimeSpan.FromMinutes(2);
        using var answer = JsonDocument.Parse(await host.TextAsync("/api/v1/modes?target=service"));
        Assert.Equal([6, 3, 3, 3, 3, 3, 3], answer.RootElement.GetProperty("days").GetProperty("windows").EnumerateArray().Select(day => day.GetProperty("probes").GetInt32()));
    }

    [Theory]
    [InlineData("modes", "target is missing; allowed: service")]
    [InlineData("modes?target=service&family=5", "family is 5; allowed: 4 or 6")]
    [InlineData("modes?target=service&week=2026-W46", "week is not a parameter; known here: target, family")]
    [InlineData("annotations?week=2026-W99", "week is 2026-W99; allowed: 2026-W01 to 2026-W53")]
    public async Task What_cannot_be_asked_is_refused_in_one_line(string question, string problem)
    {
        var answer = await host.GetAsync($"/api/v1/{question}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(problem, document.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_change_is_told_with_its_verdict_in_the_week_that_it_was_made_in_and_in_no_other()
    {
        using var answer = JsonDocument.Parse(await host.TextAsync("/api/v1/annotations?week=2026-W46"));
        var change = Assert.Single(answer.RootElement.EnumerateArray());
        Assert.Equal("more", change.GetProperty("intent").GetString());
        var service = Assert.Single(change.GetProperty("services").EnumerateArray());
        Assert.Equal((0, 3), (service.GetProperty("clients").GetProperty("before").GetInt32(), service.GetProperty("clients").GetProperty("after").GetInt32()));
        Assert.Equal("[]", await host.TextAsync("/api/v1/annotations?week=2026-W45"));
        Assert.Equal(JsonValueKind.Array, JsonDocument.Parse(await host.TextAsync("/api/v1/annotations")).RootElement.ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/api/v1/annotations?target=nobody")).StatusCode);
    }

    [Fact]
    public async Task The_page_shows_both_and_what_an_operator_wrote_is_text()
    {
        var page = new HtmlParser().ParseDocument(await host.TextAsync("/changes"));
        Assert.Equal($"Announced {WebHost.Hostile}", page.QuerySelector("#changes h3")!.TextContent);
        Assert.Equal(["1", "2"], page.QuerySelectorAll("#routing svg.strip")[1].QuerySelectorAll("text").Take(2).Select(label => label.TextContent));
        Assert.All(page.QuerySelectorAll("script"), script => Assert.Equal("/assets/sort.js", script.GetAttribute("src")));
    }

    [Fact]
    public async Task The_first_page_has_a_line_of_it_once_it_is_known()
    {
        host.Analyze();
        Assert.DoesNotContain("/changes#routing", await host.TextAsync("/"), StringComparison.Ordinal);
        await host.TextAsync("/changes");
        Assert.Contains("2026-11-15: The routing is as the day before (similarity 100.0 %), and has been since 2026-11-12.", await host.TextAsync("/"), StringComparison.Ordinal);
    }
}
