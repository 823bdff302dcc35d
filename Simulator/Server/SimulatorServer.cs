using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Simulator.Worlds;

namespace Simulator.Server;

/// <summary>How the simulator serves.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Address and port; port 0 takes a free one. Default: <c>http://127.0.0.1:0</c>.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:0");

    /// <summary>The simulated present. Default: a <see cref="SimulatorClock"/> that stands still at the end of the world.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Real time between two looks at the simulated clock for results that the stream has to send. Default: 250 milliseconds.</summary>
    public TimeSpan StreamPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Misbehaviour. Default: none.</summary>
    public SimulatorFaults Faults { get; init; } = new();

    /// <summary>Keeps what is delivered. Default: nobody does.</summary>
    public DeliveryRecord? Record { get; init; }

    /// <summary>Told the path of each request; the answer waits for it. Default: nobody is.</summary>
    public Func<string, Task>? BeforeAnswer { get; init; }

    /// <summary>Results a day that the account may ask for. Default: enough for any demo; a plain Atlas account has 100,000.</summary>
    public long MaximumResultsPerDay { get; init; } = 10_000_000;

    /// <summary>Probes of one measurement. Default: 20,000; a plain Atlas account has 1,000.</summary>
    public int MaximumProbes { get; init; } = 20_000;

    /// <summary>Measurements that run at a time. Default: 100, as on Atlas.</summary>
    public int MaximumMeasurements { get; init; } = 100;

    /// <summary>Credits on the account at first. Default: 50 million.</summary>
    public long Credits { get; init; } = 50_000_000;
}

/// <summary>An offline RIPE Atlas: the HTTP API and the stream that the Collector uses, over a <see cref="World"/>, on loopback.</summary>
/// <remarks>
/// It creates nothing by itself; measurements live as long as the server. A measurement that names no start time begins with the world, so
/// that the past can be asked: otherwise the demo would have to wait three weeks. The built-in pings 1001, 1008, 2001 and 2008 are there
/// from the beginning.
/// </remarks>
public sealed partial class SimulatorServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Grants =
    [
        "measurements.create_measurement", "measurements.update_measurement", "measurements.stop_measurement", "measurements.get_measurement",
        "credits.get_credit_info", "keys.list_keys",
    ];

    private static readonly string[] ReadingGrants = ["measurements.get_measurement", "credits.get_credit_info", "keys.list_keys"];

    private readonly World world;
    private readonly SimulatorOptions options;
    private readonly TimeProvider time;
    private readonly WebApplication application;
    private int requests;

    private SimulatorServer(World world, SimulatorOptions options)
    {
        this.world = world;
        this.options = options;
        Credits = options.Credits;
        time = options.Time ?? new SimulatorClock(DateTimeOffset.FromUnixTimeSeconds(world.End));
        AddBuiltIns();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Limits.MinResponseDataRate = null; // a client that works on what it got is not slow
            var address = options.Listen.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? IPAddress.Parse(options.Listen.Host.Trim('[', ']')) : IPAddress.Loopback;
            kestrel.Listen(address, options.Listen.Port);
        });
        application = builder.Build();
        application.UseWebSockets();
        application.Run(AnswerAsync);
    }

    /// <summary>The simulated present.</summary>
    public SimulatorClock Clock => time as SimulatorClock ?? throw new InvalidOperationException("the clock is not ours to set");

    /// <summary>Credits on the account.</summary>
    public long Credits { get; set; }

    /// <summary>Misbehaviour.</summary>
    public SimulatorFaults Faults => options.Faults;

    /// <summary>Where the API is, with final slash: what <c>Atlas.BaseUrl</c> has to be.</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1/api/v2/");

    /// <summary>Where the stream is: what <c>Atlas.StreamUrl</c> has to be.</summary>
    public Uri StreamUrl => new UriBuilder(BaseUrl) { Scheme = Uri.UriSchemeWs, Path = StreamPath }.Uri;

    /// <summary>Requests answered so far.</summary>
    public int Requests => requests;

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Starts a server; it listens when this returns.</summary>
    /// <exception cref="IOException">The address is in use or not ours.</exception>
    public static async Task<SimulatorServer> StartAsync(World world, SimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new SimulatorServer(world, options ?? new SimulatorOptions());
        try
        {
            await server.application.StartAsync(cancellationToken);
        }
        catch
        {
            await server.application.DisposeAsync();
            throw;
        }

        var address = new Uri(server.application.Urls.First());
        server.BaseUrl = new Uri($"http://{(server.options.Listen.Host == "localhost" ? "localhost" : address.Host)}:{address.Port.ToString(CultureInfo.InvariantCulture)}/api/v2/");
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DropStreams();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await application.StopAsync(soon.Token);
        await application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref requests);
        var recorded = options.Record is not null && context.Request.Path.Value!.EndsWith("/results/", StringComparison.Ordinal)
            ? DeliveryRecord.Through(context.Response.Body) : null;
        context.Response.Body = recorded ?? context.Response.Body;
        try
        {
            if (options.BeforeAnswer is { } before)
            {
                await before(context.Request.Path.Value!);
            }

            if (await MisbehaveAsync(context))
            {
                return;
            }

            await RouteAsync(context);
            if (context.Response.Body is FaultyBody { IsCut: true })
            {
                // Shorter than the cut: at least its end never arrives.
                await context.Response.Body.FlushAsync(context.RequestAborted);
                throw new CutException();
            }
        }
        catch (ApiProblem problem)
        {
            await SendAsync(context, problem.Body, problem.Status);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left, or we cut the connection on request.
        }
        finally
        {
            if (recorded is not null)
            {
                options.Record!.Add(recorded);
            }
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == StreamPath)
        {
            await StreamAsync(context);
            return;
        }

        // As a mirror of such databases would have them.
        if (path is "/geoip/" + World.CityDatabaseName or "/geoip/" + World.AsnDatabaseName)
        {
            using var file = new MemoryStream();
            (path.EndsWith(World.CityDatabaseName, StringComparison.Ordinal) ? world.CityDatabase() : world.AsnDatabase()).Write(file);
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = file.Length;
            await context.Response.Body.WriteAsync(file.GetBuffer().AsMemory(0, (int)file.Length), context.RequestAborted);
            return;
        }

        if (!path.StartsWith("/api/v2", StringComparison.Ordinal))
        {
            throw ApiProblem.NotFound();
        }

        var parts = path["/api/v2".Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var method = context.Request.Method;
        switch (method, parts)
        {
            case ("GET", []):
                await SendAsync(context, new JsonObject
                {
                    ["measurements"] = new Uri(BaseUrl, "measurements/").ToString(),
                    ["probes"] = new Uri(BaseUrl, "probes/").ToString(),
                    ["credits"] = new Uri(BaseUrl, "credits/").ToString(),
                    ["keys"] = new Uri(BaseUrl, "keys/").ToString(),
                });
                break;
            case ("GET", ["probes"]):
                await SendAsync(context, ListProbes(context.Request));
                break;
            case ("GET", ["probes", var id]):
                await SendAsync(context, DetailOfProbe(id, context.Request));
                break;
            case ("GET", ["measurements"]):
                await SendAsync(context, ListMeasurements(context.Request, mine: false));
                break;
            case ("GET", ["measurements", "my"]):
                RequireKey(context.Request);
                await SendAsync(context, ListMeasurements(context.Request, mine: true));
                break;
            case ("POST", ["measurements"]):
                RequireKey(context.Request, toChange: true);
                await SendAsync(context, Create(await BodyAsync(context)), StatusCodes.Status201Created);
                break;
            case ("POST", ["measurements", "my-tags", var tag, "stop"]):
                RequireKey(context.Request, toChange: true);
                StopTagged(tag);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("GET", ["measurements", var id]):
                await SendAsync(context, Chosen(Describe(Find(id, context.Request), detail: true, context.Request), context.Request));
                break;
            case ("PATCH", ["measurements", var id]):
                RequireKey(context.Request, toChange: true);
                await SendAsync(context, Edit(Find(id, context.Request), await BodyAsync(context), context.Request));
                break;
            case ("DELETE", ["measurements", var id]):
                RequireKey(context.Request, toChange: true);
                Stop(Mine(Find(id, context.Request)));
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("GET", ["measurements", var id, "results"]):
                await SendResultsAsync(context, Find(id, context.Request));
                break;
            case ("GET", ["measurements", var id, "latest"]):
                await SendLatestAsync(context, Find(id, context.Request));
                break;
            case ("GET", ["measurements", var id, "status-check"]):
                await SendAsync(context, StatusCheck(Find(id, context.Request)));
                break;
            case ("GET", ["measurements", var id, "participation-requests"]):
                await SendAsync(context, ListParticipation(Find(id, context.Request)));
                break;
            case ("POST", ["measurements", var id, "participation-requests"]):
                RequireKey(context.Request, toChange: true);
                await SendAsync(context, ChangeParticipation(Mine(Find(id, context.Request)), await BodyAsync(context)), StatusCodes.Status201Created);
                break;
            case ("GET", ["credits"]):
                RequireKey(context.Request);
                await SendAsync(context, DescribeCredits());
                break;
            case ("GET", ["keys"]):
                RequireKey(context.Request);
                await SendAsync(context, new JsonObject { ["count"] = 1, ["next"] = null, ["previous"] = null, ["results"] = new JsonArray(DescribeKey(KeyOf(context.Request)!)) });
                break;
            case ("GET", ["keys", var uuid]):
                RequireKey(context.Request);
                await SendAsync(context, uuid == KeyOf(context.Request) ? DescribeKey(uuid) : throw ApiProblem.NotFound());
                break;
            case (_, ["measurements" or "probes" or "credits" or "keys", ..]) when method is not ("GET" or "HEAD"):
                throw new ApiProblem(405, 105, $"Method \"{method}\" not allowed.");
            default:
                throw ApiProblem.NotFound();
        }
    }

    private static async Task SendAsync(HttpContext context, JsonNode body, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Plain);
        context.Response.ContentLength = bytes.Length;
        (context.Response.Body as FaultyBody)?.CutWithin(bytes.Length);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task<JsonNode> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)
                ?? throw new ApiProblem(400, 102, "JSON parse error - the body is null");
        }
        catch (JsonException problem)
        {
            throw new ApiProblem(400, 102, "JSON parse error - " + problem.Message);
        }
    }

    /// <summary>The key that the request carries, in the header or, as in the older form, in the query.</summary>
    private static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Key ", StringComparison.OrdinalIgnoreCase) ? header[4..].Trim()
            : request.Query.TryGetValue("key", out var key) ? key.ToString() : null;
    }

    private static bool IsOurs(HttpRequest request) => KeyOf(request) is SimulatedNetwork.Key or SimulatedNetwork.ReadingKey;

    private static void RequireKey(HttpRequest request, bool toChange = false)
    {
        if (KeyOf(request) is not { Length: > 0 } key)
        {
            throw new ApiProblem(403, 104, "Authentication credentials were not provided.");
        }

        if (!IsOurs(request))
        {
            throw new ApiProblem(401, 104, "The provided API key does not exist");
        }

        if (toChange && key == SimulatedNetwork.ReadingKey)
        {
            throw new ApiProblem(403, 104, "You do not have permission to perform this action.");
        }
    }

    private JsonObject DescribeKey(string key) => new()
    {
        ["uuid"] = key,
        ["label"] = "simulator",
        ["is_active"] = true,
        ["enabled"] = true,
        ["valid_from"] = null,
        ["valid_to"] = null,
        ["created_at"] = world.Start,
        ["grants"] = new JsonArray([.. (key == SimulatedNetwork.Key ? Grants : ReadingGrants).Select(grant => new JsonObject { ["permission"] = grant, ["target"] = null })]),
    };

    private JsonObject DescribeCredits()
    {
        long results;
        long spent;
        lock (measurements)
        {
            var running = measurements.Values.Where(item => item.IsMine && item.IsRunning(Now)).ToList();
            results = running.Sum(item => item.ResultsPerDay(Now));
            spent = running.Sum(item => item.ResultsPerDay(Now) * item.CreditsPerResult);
        }

        const long income = 21_600 * 40;
        return new JsonObject
        {
            ["current_balance"] = Credits,
            ["credit_checked"] = true,
            ["max_daily_credits"] = 10_000_000,
            ["estimated_daily_income"] = income,
            ["estimated_daily_expenditure"] = spent,
            ["estimated_daily_balance"] = income - spent,
            ["calculation_time"] = Iso(Now),
            ["estimated_runout_seconds"] = spent > income ? Credits * 86400 / (spent - income) : null,
            ["past_day_measurement_results"] = results,
            ["past_day_credits_spent"] = spent,
            ["income_items"] = new Uri(BaseUrl, "credits/income-items/").ToString(),
            ["expense_items"] = new Uri(BaseUrl, "credits/expense-items/").ToString(),
            ["transactions"] = new Uri(BaseUrl, "credits/transactions/").ToString(),
        };
    }

    /// <summary>Misbehaves if it is this request's turn.</summary>
    /// <returns>Whether the request is over.</returns>
    private async Task<bool> MisbehaveAsync(HttpContext context)
    {
        var response = context.Response;
        switch (Faults.Next($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}"))
        {
            case SimulatorFault.TooManyRequests:
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = ((int)Math.Ceiling(Faults.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                response.ContentType = "text/html";
                await response.WriteAsync("<html><body><h1>429 Too Many Requests</h1></body></html>", context.RequestAborted);
                return true;
            case SimulatorFault.ServerError:
                await SendAsync(context, new ApiProblem(500, 101, "Internal server error").Body, StatusCodes.Status500InternalServerError);
                return true;
            case SimulatorFault.Timeout:
                await Task.Delay(Faults.GiveUpAfter, context.RequestAborted);
                context.Abort();
                return true;
            case SimulatorFault.WrongJson:
                response.ContentType = "application/json";
                await response.WriteAsync("{\"count\": 17, \"next\": null, \"results\": [{\"id\": ", context.RequestAborted);
                return true;
            case SimulatorFault.CutBody:
                var after = 1 + Mix.Below(Mix.Of((ulong)Faults.Seed, (ulong)context.Request.QueryString.Value!.Length), 60_000);
                response.Body = new FaultyBody(response.Body, after, TimeSpan.Zero);
                return false;
            case SimulatorFault.SlowBody:
                response.Body = new FaultyBody(response.Body, int.MaxValue, Faults.Pause);
                return false;
            default:
                return false;
        }
    }

    private static string Iso(long time) => DateTimeOffset.FromUnixTimeSeconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
