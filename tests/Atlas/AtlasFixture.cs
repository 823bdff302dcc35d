using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Collector.Atlas;
using Collector.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Atlas;

/// <summary>A client as the program has it, with a scripted network below and a clock that does not wait.</summary>
internal sealed class AtlasFixture
{
    public const string Key = "27768f56-0000-11e8-b7d0-27cd18d24377";

    private readonly ConcurrentQueue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> script = new();

    public AtlasFixture(AtlasOptions? options = null, bool realNetwork = false)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(Log)));
        collection.AddAtlas(options ?? new AtlasOptions { BaseUrl = new("https://atlas.example/api/v2/"), Key = Key });
        if (!realNetwork)
        {
            collection.AddHttpClient<IAtlasApi, AtlasClient>().ConfigurePrimaryHttpMessageHandler(() => new Script(this));
        }

        var services = collection.BuildServiceProvider();
        Atlas = services.GetRequiredService<IAtlasApi>();
        Fetcher = services.GetRequiredService<ResultFetcher>();
    }

    public IAtlasApi Atlas { get; }

    public ResultFetcher Fetcher { get; }

    public SkippingTime Time { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What was sent: method, address, headers and body as they were at that moment.</summary>
    public List<(string Method, Uri Address, string Headers, string Body)> Sent { get; } = [];

    public AtlasFixture Answer(HttpStatusCode status, string body, string type = "application/json", Action<HttpResponseMessage>? change = null)
    {
        script.Enqueue((_, _) =>
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) };
            change?.Invoke(response);
            return Task.FromResult(response);
        });
        return this;
    }

    public AtlasFixture Answer(string body) => Answer(HttpStatusCode.OK, body);

    public AtlasFixture Fail(Exception problem)
    {
        script.Enqueue((_, _) => Task.FromException<HttpResponseMessage>(problem));
        return this;
    }

    /// <summary>Never answers.</summary>
    /// <param name="meanwhile">What happens while nothing comes.</param>
    public AtlasFixture Hang(Action meanwhile)
    {
        script.Enqueue(async (_, cancellationToken) =>
        {
            var hanging = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            meanwhile();
            await hanging;
            throw new InvalidOperationException();
        });
        return this;
    }

    private sealed class Script(AtlasFixture fixture) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            fixture.Sent.Add((request.Method.Method, request.RequestUri!, request.Headers.ToString(), body));
            if (!fixture.script.TryDequeue(out var answer))
            {
                throw new InvalidOperationException($"a request that the test does not expect: {request.Method} {request.RequestUri}");
            }

            var response = await answer(request, cancellationToken);
            response.RequestMessage = request;
            return response;
        }
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
