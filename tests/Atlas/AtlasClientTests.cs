using System.Net;
using System.Text.Json;
using Collector.Atlas;
using Collector.Configuration;
using Collector.Probes;
using Xunit;

namespace Tests.Atlas;

public sealed class AtlasClientTests
{
    private readonly AtlasFixture fixture = new();

    private IAtlasApi Atlas => fixture.Atlas;

    [Fact]
    public async Task A_list_is_followed_to_its_last_page()
    {
        fixture.Answer("""{"count":3,"next":"https://atlas.example/api/v2/probes/?after=WzFd&page_size=500","results":[{"id":1},{"id":2}]}""")
            .Answer("""{"count":3,"next":null,"results":[{"id":3}]}""");

        Assert.Equal([1, 2, 3], await IdsAsync(new ProbeFilter()));
        Assert.Equal("https://atlas.example/api/v2/probes/?page_size=500", fixture.Sent[0].Address.AbsoluteUri);
        Assert.Equal("https://atlas.example/api/v2/probes/?after=WzFd&page_size=500", fixture.Sent[1].Address.AbsoluteUri);
        Assert.All(fixture.Sent, sent => Assert.Contains($"Authorization: Key {AtlasFixture.Key}", sent.Headers, StringComparison.Ordinal));
        Assert.All(fixture.Sent, sent => Assert.Contains("User-Agent: anycast-measurement/", sent.Headers, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://atlas.ripe.net/api/v2/probes/?page=2&page_size=500")]
    [InlineData("http://atlas.example/api/v2/probes/?page=2&page_size=500")]
    [InlineData("https://atlas.example:444/api/v2/probes/?page=2&page_size=500")]
    [InlineData("https://user:word@atlas.example/api/v2/probes/?page=2&page_size=500")]
    [InlineData("https://atlas.example/elsewhere/?page=2&page_size=500")]
    [InlineData("//evil.example/api/v2/probes/?page=2&page_size=500")]
    [InlineData("?page=2&page_size=500")]
    public async Task A_next_page_elsewhere_is_read_from_the_configured_server(string next)
    {
        fixture.Answer($$"""{"next":"{{next}}","results":[{"id":1}]}""").Answer("""{"next":null,"results":[{"id":2}]}""");

        Assert.Equal([1, 2], await IdsAsync(new ProbeFilter()));
        Assert.Equal("https://atlas.example/api/v2/probes/?page=2&page_size=500", fixture.Sent[1].Address.AbsoluteUri);
    }

    [Fact]
    public async Task A_list_that_runs_in_a_circle_is_an_error()
    {
        const string Second = "https://atlas.example/api/v2/probes/?page=2&page_size=500";
        fixture.Answer($$"""{"next":"{{Second}}","results":[]}""").Answer($$"""{"next":"{{Second}}","results":[]}""");

        var problem = await Assert.ThrowsAsync<AtlasException>(() => IdsAsync(new ProbeFilter()));
        Assert.Contains("circle", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Odd_objects_are_passed_over_and_logged_once()
    {
        fixture.Answer("""{"next":null,"results":[{"id":1},null,{"id":"?"},7,{"id":2,"status":{"id":1}}]}""");

        Assert.Equal([1, 2], await IdsAsync(new ProbeFilter()));
        Assert.Contains("3 objects", Assert.Single(fixture.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_the_server_ignores_still_filters()
    {
        fixture.Answer("""{"next":null,"results":[{"id":1,"status":1,"country_code":"NL","tags":["system-ipv4-works","nat"]},{"id":2,"status":2},{"id":3,"status":1,"country_code":"DE","tags":["nat"]}]}""");

        var filter = new ProbeFilter { Status = ProbeStatus.Connected, Country = "nl", Tags = ["nat", "system-ipv4-works"], IsPublic = true };
        Assert.Equal([1], await IdsAsync(filter));
        Assert.Equal("?status=1&country_code=NL&tags=nat,system-ipv4-works&is_public=true&page_size=500", fixture.Sent[0].Address.Query);
    }

    [Fact]
    public async Task Many_ids_take_several_requests_with_addresses_of_a_length_that_servers_take()
    {
        for (var request = 0; request < 3; request++)
        {
            fixture.Answer("""{"next":null,"results":[]}""");
        }

        await IdsAsync(new ProbeFilter { Ids = [.. Enumerable.Range(1_000_000, 1200)] });
        Assert.Equal(3, fixture.Sent.Count);
        Assert.All(fixture.Sent, sent => Assert.InRange(sent.Address.AbsoluteUri.Length, 100, 6000));
    }

    /// <summary>The texts are those of the bodies in the corpus, two of them real.</summary>
    [Fact]
    public async Task A_refusal_speaks_in_the_servers_words()
    {
        var expected = new[]
        {
            "401 Unauthorized: The provided API key does not exist",
            "higher than your maximum daily results limit 100000",
            "The following fields are invalid: target; /definitions/0/target: This field is required.",
            "/definitions/0/af: This field is required.",
        };
        foreach (var (line, words) in Corpus.Lines("api/error-bodies.ndjson").Zip(expected))
        {
            using var json = JsonDocument.Parse(line);
            fixture.Answer((HttpStatusCode)json.RootElement.GetProperty("status").GetInt32(), json.RootElement.GetProperty("body").GetRawText());

            var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.CreditsAsync());
            Assert.Contains(words, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Message);
            Assert.False(problem.MayPass);
        }

        Assert.Equal(4, fixture.Sent.Count);
    }

    [Fact]
    public async Task The_pieces_of_a_refusal_can_be_read()
    {
        fixture.Answer(HttpStatusCode.BadRequest, """{"status":400,"title":"Bad Request","detail":"no","errors":[{"source":{"pointer":"/definitions/0/af"},"detail":"This field is required."},{"source":{"parameter":"page_size"},"detail":"Too large."}]}""");

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.CreditsAsync());
        Assert.Equal(HttpStatusCode.BadRequest, problem.Status);
        Assert.Equal("Bad Request", problem.Title);
        Assert.Equal("no", problem.Detail);
        Assert.Equal([new AtlasProblem("/definitions/0/af", "This field is required."), new AtlasProblem("page_size", "Too large.")], problem.Problems);
    }

    [Theory]
    [InlineData("<html><body><h1>403 Forbidden</h1></body></html>", "text/html", "403 Forbidden")]
    [InlineData("slow\r\ndown,\u001b[31m you", "text/plain", "403 Forbidden: slow down, [31m you")]
    [InlineData("", "text/plain", "403 Forbidden")]
    [InlineData("{\"error\":", "application/json", "403 Forbidden")]
    [InlineData("{\"error\":\"no such thing\"}", "application/json", "403 Forbidden: no such thing")]
    public async Task A_refusal_that_is_not_in_atlas_shape_is_one_line_too(string body, string type, string expected)
    {
        fixture.Answer(HttpStatusCode.Forbidden, body, type);

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.CreditsAsync());
        Assert.EndsWith(expected, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task What_will_not_pass_is_asked_once(HttpStatusCode status)
    {
        fixture.Answer(status, "{}");

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        Assert.Equal(status, problem.Status);
        Assert.Single(fixture.Sent);
    }

    [Fact]
    public async Task Throttling_waits_as_long_as_the_server_asks()
    {
        fixture.Answer(HttpStatusCode.TooManyRequests, "slow down", "text/plain", response => response.Headers.RetryAfter = new(TimeSpan.FromSeconds(17)))
            .Answer(HttpStatusCode.TooManyRequests, "", change: response => response.Headers.RetryAfter = new(fixture.Time.GetUtcNow().AddSeconds(41)))
            .Answer("""{"id":7}""");

        Assert.Equal(7, (await Atlas.MeasurementAsync(7)).Id);
        Assert.Equal([17.0, 41.0], fixture.Time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Contains(fixture.Log, line => line.Contains("throttled", StringComparison.Ordinal) && line.Contains("17 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_beyond_the_limit_is_not_waited_for()
    {
        fixture.Answer(HttpStatusCode.TooManyRequests, "", change: response => response.Headers.RetryAfter = new(TimeSpan.FromHours(2)));

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        Assert.Equal(HttpStatusCode.TooManyRequests, problem.Status);
        Assert.True(problem.MayPass);
        Assert.Empty(fixture.Time.Waits);
    }

    [Fact]
    public async Task Errors_that_may_pass_are_tried_again_with_growing_pauses()
    {
        fixture.Answer(HttpStatusCode.InternalServerError, "oops")
            .Answer(HttpStatusCode.BadGateway, "<html>", "text/html")
            .Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"))
            .Fail(new IOException("reset"))
            .Answer("<html>hello</html>")
            .Answer("""{"id":7}""");

        Assert.Equal(7, (await Atlas.MeasurementAsync(7)).Id);
        Assert.Equal(5, fixture.Time.Waits.Count);

        // Back-off from 2 s doubles; the jitter moves each pause, so only their sum is compared: 2 + 4 + 8 + 16 + 32 = 62 at its middle.
        Assert.InRange(fixture.Time.Waits.Sum(wait => wait.TotalSeconds), 10, 200);
        Assert.All(fixture.Time.Waits, wait => Assert.InRange(wait.TotalSeconds, 0, 60));
    }

    [Fact]
    public async Task An_error_that_does_not_pass_is_given_up_after_six_attempts()
    {
        for (var attempt = 0; attempt < 6; attempt++)
        {
            fixture.Answer(HttpStatusCode.ServiceUnavailable, """{"error":{"title":"Service Unavailable","detail":"maintenance"}}""");
        }

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        Assert.Equal("Atlas refused GET https://atlas.example/api/v2/measurements/1/: 503 Service Unavailable: maintenance (tried 6 times)", problem.Message);
    }

    [Fact]
    public async Task Silence_is_ended_by_the_time_limit_and_tried_again()
    {
        fixture.Hang(fixture.Time.Expire).Answer("""{"id":7}""");

        Assert.Equal(7, (await Atlas.MeasurementAsync(7)).Id);
        Assert.Contains(fixture.Log, line => line.Contains("no answer in 30 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelling_is_no_error_of_atlas()
    {
        using var cancellation = new CancellationTokenSource();
        fixture.Hang(() => { });
        var call = Atlas.MeasurementAsync(7, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Single(fixture.Sent);
    }

    [Fact]
    public async Task An_answer_that_never_becomes_json_is_given_up()
    {
        for (var attempt = 0; attempt < 6; attempt++)
        {
            fixture.Answer(HttpStatusCode.OK, "<html>proxy</html>", "text/html");
        }

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        Assert.Contains("not JSON", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"results\":7}")]
    [InlineData("{}")]
    public async Task Json_of_another_shape_is_an_error_not_an_empty_answer(string body)
    {
        fixture.Answer(body).Answer(body);
        await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        await Assert.ThrowsAsync<AtlasException>(() => Atlas.CreditsAsync());
    }

    [Fact]
    public async Task The_key_is_in_no_error_no_log_and_no_text()
    {
        fixture.Answer(HttpStatusCode.InternalServerError, "{}")
            .Answer(HttpStatusCode.BadRequest, """{"error":{"title":"KEY","detail":"key KEY is bad","errors":[{"detail":"KEY"}]}}"""
                .Replace("KEY", AtlasFixture.Key.ToUpperInvariant(), StringComparison.Ordinal));

        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.CreditsAsync());
        Assert.DoesNotContain(AtlasFixture.Key, problem + string.Concat(problem.Problems) + problem.Title, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(fixture.Log);
        Assert.All(fixture.Log, line => Assert.DoesNotContain(AtlasFixture.Key, line, StringComparison.OrdinalIgnoreCase));
        Assert.All(fixture.Sent, sent => Assert.DoesNotContain(AtlasFixture.Key, sent.Address.AbsoluteUri, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(AtlasFixture.Key, new Settings { Atlas = new() { Key = AtlasFixture.Key } }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_public_data_is_read_and_the_rest_says_what_is_missing()
    {
        var open = new AtlasFixture(new AtlasOptions { BaseUrl = new("https://atlas.example/api/v2") });
        open.Answer("""{"id":7}""");

        Assert.Equal(7, (await open.Atlas.MeasurementAsync(7)).Id);
        Assert.DoesNotContain("Authorization", open.Sent[0].Headers, StringComparison.Ordinal);
        Assert.Equal("https://atlas.example/api/v2/measurements/7/", open.Sent[0].Address.AbsoluteUri);
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => open.Atlas.StopAsync(7));
        Assert.Contains("Atlas:Key is not set", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_cannot_be_a_header_is_refused_without_being_shown()
    {
        var problem = Assert.Throws<ConfigurationException>(() => new AtlasFixture(new AtlasOptions { Key = "abc\ndef" }));
        Assert.DoesNotContain("abc", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contact_goes_into_the_user_agent()
    {
        var polite = new AtlasFixture(new AtlasOptions { BaseUrl = new("https://atlas.example/api/v2/"), Contact = "noc@example.net" });
        polite.Answer("""{"id":7}""");
        await polite.Atlas.MeasurementAsync(7);
        Assert.Matches(@"User-Agent: anycast-measurement/\S+ \(noc@example\.net\)", polite.Sent[0].Headers);
    }

    /// <summary>The end is inclusive at Atlas, and 0:00 of a day brings that whole day; 1763596800 is 2025-11-20T00:00:00Z.</summary>
    [Fact]
    public async Task A_window_ends_a_second_before_its_end()
    {
        fixture.Answer("");
        await using var body = await Atlas.ResultsAsync(
            42, DateTimeOffset.FromUnixTimeSeconds(1763510400), DateTimeOffset.FromUnixTimeSeconds(1763596800), [9, 7, 8, 1000]);
        Assert.Equal(
            "https://atlas.example/api/v2/measurements/42/results/?start=1763510400&stop=1763596799&format=txt&probe_ids=7-9,1000",
            fixture.Sent[0].Address.AbsoluteUri);
        Assert.Equal(0, await body.ReadAsync(new byte[10]));
        Assert.True(body.IsComplete);
    }

    [Fact]
    public async Task A_window_that_ends_inside_a_second_has_that_second()
    {
        fixture.Answer("");
        await using var body = await Atlas.ResultsAsync(42, DateTimeOffset.FromUnixTimeSeconds(100), DateTimeOffset.FromUnixTimeMilliseconds(200_500));
        Assert.Equal("?start=100&stop=200&format=txt", fixture.Sent[0].Address.Query);
    }

    [Theory]
    [InlineData("""{"7":[{"msm_id":1,"prb_id":7},{"msm_id":1,"prb_id":7,"x":[{"prb_id":0}]}],"8":[{"msm_id":1,"prb_id":8}]}""", 3)]
    [InlineData("""[{"msm_id":1,"prb_id":7},{"msm_id":1,"prb_id":8}]""", 2)]
    [InlineData("{\"msm_id\":1,\"prb_id\":7}\n{\"msm_id\":1,\"prb_id\":8}\n", 2)]
    [InlineData("""[]""", 0)]
    [InlineData("""{}""", 0)]
    public async Task Latest_comes_in_several_shapes(string body, int lines)
    {
        fixture.Answer(body);
        using var reader = new StreamReader(await Atlas.LatestAsync(1));
        var read = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines, read.Length);
        Assert.All(read, line => Assert.Equal(1, JsonDocument.Parse(line).RootElement.GetProperty("msm_id").GetInt32()));
    }

    [Fact]
    public async Task Credits_of_a_real_account()
    {
        fixture.Answer(Corpus.Lines("api/credits-v2-shape.ndjson").Single());
        var credits = await Atlas.CreditsAsync();
        Assert.Equal(12345678, credits.Balance);
        Assert.Equal(65432, credits.DailyIncome);
        Assert.Null(credits.RunsOutIn);
        Assert.Equal(new DateTimeOffset(2018, 9, 18, 20, 42, 8, TimeSpan.Zero), credits.CalculatedAt!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Our_measurements_are_those_with_our_tag_whatever_the_server_filters()
    {
        fixture.Answer("""
            {"next":null,"results":[
              {"id":1,"tags":["ours"],"status":{"id":2,"name":"Ongoing"},"type":"dns"},
              {"id":2,"tags":["theirs"],"status":{"id":2,"name":"Ongoing"}},
              {"id":3,"tags":["ours"],"status":{"id":4,"name":"Stopped"}},
              {"id":4,"description":"ours k-root dns4","status":2},
              {"id":5,"description":"ours-2 k-root dns4","status":2},
              {"id":6,"tags":[],"description":"ours k-root dns4","status":2}]}
            """);
        var ids = new List<long>();
        await foreach (var measurement in Atlas.OwnMeasurementsAsync(new MeasurementFilter { Tag = "ours", Statuses = MeasurementFilter.Live }))
        {
            ids.Add(measurement.Id);
        }

        Assert.Equal([1, 4], ids);
        Assert.Equal("https://atlas.example/api/v2/measurements/my/?tags=ours&status__in=0,1,2,6&page_size=500", fixture.Sent[0].Address.AbsoluteUri);
    }

    [Fact]
    public async Task Stopping_deletes()
    {
        fixture.Answer(HttpStatusCode.NoContent, "");
        await Atlas.StopAsync(42);
        Assert.Equal("DELETE", fixture.Sent[0].Method);
        Assert.Equal("https://atlas.example/api/v2/measurements/42/", fixture.Sent[0].Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("""[{"uuid":"other","grants":[{"permission":"x.y"}]},{"uuid":"27768F56-0000-11e8-b7d0-27cd18d24377","grants":[{"permission":"credits.get_credit_info","target":null}]}]""", new[] { "credits.get_credit_info" })]
    [InlineData("""{"next":null,"results":[{"uuid":"27768f56-0000-11e8-b7d0-27cd18d24377","grants":[]}]}""", new string[0])]
    [InlineData("""[]""", null)]
    public async Task A_good_key_is_accepted_with_its_grants(string keys, string[]? grants)
    {
        fixture.Answer(keys);
        var check = await Atlas.CheckKeyAsync();
        Assert.True(check.Accepted);
        Assert.Equal(grants, check.Grants);
    }

    [Fact]
    public async Task A_key_that_may_not_list_keys_is_tried_on_measurements()
    {
        fixture.Answer(HttpStatusCode.Forbidden, "{}").Answer("""{"results":[]}""");
        Assert.True((await Atlas.CheckKeyAsync()).Accepted);

        fixture.Answer(HttpStatusCode.Forbidden, "{}").Answer(HttpStatusCode.Forbidden, """{"error":{"detail":"Authentication credentials were not provided."}}""");
        var check = await Atlas.CheckKeyAsync();
        Assert.False(check.Accepted);
        Assert.Contains("Authentication credentials were not provided.", check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_does_not_exist_is_not_accepted()
    {
        fixture.Answer(HttpStatusCode.Unauthorized, """{"error":{"detail":"The provided API key does not exist","status":401,"title":"Unauthorized","code":104}}""");
        var check = await Atlas.CheckKeyAsync();
        Assert.False(check.Accepted);
        Assert.Contains("does not exist", check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_another_server_is_not_followed()
    {
        fixture.Answer(HttpStatusCode.Found, "", change: response => response.Headers.Location = new("https://evil.example/steal"));
        var problem = await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(1));
        Assert.Contains("redirected to https://evil.example/steal", problem.Message, StringComparison.Ordinal);
        Assert.Single(fixture.Sent);
    }

    [Fact]
    public async Task A_redirect_on_the_server_is_followed_with_the_key_but_not_for_ever()
    {
        fixture.Answer(HttpStatusCode.MovedPermanently, "", change: response => response.Headers.Location = new("/api/v2/measurements/7/?x=1", UriKind.Relative))
            .Answer("""{"id":7}""");
        Assert.Equal(7, (await Atlas.MeasurementAsync(7)).Id);
        Assert.Equal("https://atlas.example/api/v2/measurements/7/?x=1", fixture.Sent[1].Address.AbsoluteUri);
        Assert.Contains("Authorization: Key", fixture.Sent[1].Headers, StringComparison.Ordinal);

        for (var redirect = 0; redirect < 4; redirect++)
        {
            fixture.Answer(HttpStatusCode.Found, "", change: response => response.Headers.Location = new("/api/v2/again/", UriKind.Relative));
        }

        await Assert.ThrowsAsync<AtlasException>(() => Atlas.MeasurementAsync(7));
    }

    private async Task<List<int>> IdsAsync(ProbeFilter filter)
    {
        var ids = new List<int>();
        await foreach (var probe in Atlas.ProbesAsync(filter))
        {
            ids.Add(probe.Id);
        }

        return ids;
    }
}
