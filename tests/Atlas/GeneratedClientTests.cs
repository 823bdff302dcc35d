using System.Collections.Concurrent;
using System.Net;
using Collector.Atlas;
using Collector.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Xunit;

namespace Tests.Atlas;

/// <summary>What goes to RIPE Atlas is made by the generated client, and by nothing beside it.</summary>
public sealed class GeneratedClientTests
{
    private static readonly HttpRequestOptionsKey<Type> Interface = new(HttpRequestMessageOptions.InterfaceType);
    private static readonly HttpRequestOptionsKey<string> Template = new(HttpRequestMessageOptions.RelativePathTemplate);

    [Fact]
    public async Task Every_request_of_the_client_was_declared()
    {
        var seen = new ConcurrentQueue<string>();
        var services = new ServiceCollection().AddAtlas(new AtlasOptions { BaseUrl = new("https://atlas.example/api/v2"), Key = AtlasFixture.Key });
        services.AddHttpClient<IAtlasApi, AtlasClient>().ConfigurePrimaryHttpMessageHandler(() => new Answers(request =>
        {
            Assert.True(request.Options.TryGetValue(Interface, out var type), $"{request.RequestUri} was made by hand");
            Assert.Equal(typeof(IAtlasHttp), type);
            Assert.True(request.Options.TryGetValue(Template, out var template));
            seen.Enqueue($"{request.Method} {template}");
            return request.RequestUri!.AbsolutePath switch
            {
                "/api/v2/probes/" => request.RequestUri.Query.Contains("page=2", StringComparison.Ordinal)
                    ? """{"results":[],"next":null}"""
                    : """{"results":[],"next":"?page=2"}""",
                "/api/v2/credits/" => """{"current_balance":1}""",
                "/api/v2/measurements/" => """{"measurements":[7]}""",
                "/api/v2/measurements/7/" => """{"id":7}""",
                _ => "[]",
            };
        }));
        await using var provider = services.BuildServiceProvider();
        var atlas = provider.GetRequiredService<IAtlasApi>();

        Assert.Empty(await AllAsync(atlas.ProbesAsync(new ProbeFilter())));
        Assert.Empty(await AllAsync(atlas.OwnMeasurementsAsync(new MeasurementFilter())));
        Assert.Equal(7, (await atlas.MeasurementAsync(7)).Id);
        await (await atlas.ResultsAsync(7, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1))).DisposeAsync();
        await (await atlas.LatestAsync(7)).DisposeAsync();
        await atlas.CreditsAsync();
        await atlas.CreateAsync(new CreationRequest([new PingDefinition(IPAddress.Loopback, "x", null)], [ProbeSet.Of([1])]));
        await atlas.AddProbesAsync(7, [1]);
        await atlas.RemoveProbesAsync(7, [1]);
        await atlas.StopAsync(7);
        Assert.True((await atlas.CheckKeyAsync()).Accepted);
        Assert.Equal(
            [
                "GET /probes/", "GET ", "GET /measurements/my/", "GET /measurements/{id}/", "GET /measurements/{id}/results/", "GET /measurements/{id}/latest/",
                "GET /credits/", "POST /measurements/", "POST /measurements/{id}/participation-requests/", "POST /measurements/{id}/participation-requests/",
                "DELETE /measurements/{id}/", "GET /keys/",
            ],
            seen);
    }

    /// <summary>A page address is taken as it is by the generated client, wherever it leads: what stands below gives the key to nobody else.</summary>
    [Fact]
    public async Task The_key_goes_to_the_configured_server_alone()
    {
        var seen = new ConcurrentQueue<string>();
        var options = new AtlasOptions { BaseUrl = new("https://atlas.example/api/v2/"), Key = AtlasFixture.Key };
        var services = new ServiceCollection().AddAtlas(options);
        services.AddHttpClient<IAtlasApi, AtlasClient>().ConfigurePrimaryHttpMessageHandler(() => new Answers(request =>
        {
            seen.Enqueue($"{request.RequestUri!.GetLeftPart(UriPartial.Authority)} {request.Headers.Authorization}");
            return "[]";
        }));
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(IAtlasApi));
        var atlas = RestService.ForGenerated<IAtlasHttp>(http, new AtlasErrors(null).Settings);
        foreach (var server in new[] { "https://atlas.example", "https://evil.example", "http://atlas.example", "https://atlas.example:444" })
        {
            await atlas.PageAsync(new Uri($"{server}/api/v2/probes/?page=2"), default);
        }

        Assert.Equal([$"https://atlas.example Key {AtlasFixture.Key}", "https://evil.example ", "http://atlas.example ", "https://atlas.example:444 "], seen);
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> all)
    {
        var list = new List<T>();
        await foreach (var one in all)
        {
            list.Add(one);
        }

        return list;
    }

    private sealed class Answers(Func<HttpRequestMessage, string> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { RequestMessage = request, Content = new StringContent(answer(request)) });
    }
}
