using System.Diagnostics;
using System.Net;
using App.Web.Connections;
using App.Web.Health;
using Collector.Configuration;
using Collector.Store;
using Npgsql;
using Tests.Servers;
using Tests.Store;
using Xunit;

namespace Tests.Web;

/// <summary>What is answered over HTTP while a real PostgreSQL hangs, or has no connection left for us.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresAwayTests(PostgresServer server)
{
    [Fact]
    public async Task Readiness_is_answered_within_two_seconds_while_the_database_hangs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals as on Linux");
        using var folder = new TemporaryFolder();
        using var store = PostgresStore.Open(server.NewSchema(), folder.Root);
        await using var host = await WebHost.StartAsync(new WebOptions { ConnectionsPerClient = 2 * AnswerGate.Most }, store: store);
        Assert.Equal("ready\n", await host.TextAsync("/health/ready"));
        server.Freeze();
        try
        {
            // Whoever asks for what is in the database waits, and takes no thread from those who do not.
            var hanging = Enumerable.Range(0, AnswerGate.Most + 40).Select(_ => host.GetAsync("/api/v1/targets")).ToList();
            var times = new List<TimeSpan>();
            for (var again = 0; again < 4; again++)
            {
                var started = Stopwatch.StartNew();
                var ill = await host.GetAsync("/health/ready");
                times.Add(started.Elapsed);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, ill.StatusCode);
                Assert.StartsWith("not ready: store", await ill.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Equal("ok\n", await host.TextAsync("/health/live"));
            }

            // A machine that is busy with other tests may be late once, not always.
            Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(2));
            Assert.All(hanging, request => Assert.False(request.IsCompleted));
            server.Thaw();
            Assert.All(await Task.WhenAll(hanging), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        }
        finally
        {
            server.Thaw();
        }

        await ReadyAsync(host);
    }

    [Fact]
    public async Task Without_a_connection_left_each_request_is_answered_one_line_says_why_and_all_is_well_afterwards()
    {
        using var folder = new TemporaryFolder();
        var schema = server.NewSchema();
        using var store = PostgresStore.Open(schema + ";Maximum Pool Size=2;Timeout=1", folder.Root);
        await using var host = await WebHost.StartAsync(store: store);
        await using (var blocker = new NpgsqlConnection(schema))
        {
            await blocker.OpenAsync();
            await using var transaction = await blocker.BeginTransactionAsync();
            await using (var take = new NpgsqlCommand("LOCK TABLE measurements IN ACCESS EXCLUSIVE MODE", blocker, transaction))
            {
                await take.ExecuteNonQueryAsync();
            }

            var asked = Enumerable.Range(0, 20).Select(_ => host.GetAsync("/api/v1/targets")).ToList();
            var refused = await await Task.WhenAny(asked);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            var problem = Assert.Throws<PostgresProblem>(() => store.Measurements());
            Assert.Contains("all connections of this service are in use", problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', problem.Message);
            var ill = await host.GetAsync("/health/ready");
            Assert.StartsWith("not ready: store", await ill.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            await transaction.RollbackAsync();
            Assert.All(await Task.WhenAll(asked), answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable));
        }

        await ReadyAsync(host);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/api/v1/targets")).StatusCode);
    }

    [Fact]
    public async Task A_check_that_hangs_is_asked_once_however_often_health_is()
    {
        var hanging = new Hanging();
        var prompt = new PromptCheck(hanging, TimeSpan.FromMilliseconds(20));
        for (var again = 0; again < 5; again++)
        {
            Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, (await prompt.CheckHealthAsync(new())).Status);
        }

        Assert.Equal(1, hanging.Asked);
        hanging.End.SetResult(Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy());
        await hanging.End.Task;
    }

    /// <summary>Waits until health is well again: what hung has to come back first.</summary>
    private static async Task ReadyAsync(WebHost host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await host.GetAsync("/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private sealed class Hanging : Microsoft.Extensions.Diagnostics.HealthChecks.IHealthCheck
    {
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        public TaskCompletionSource<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult> End { get; } = new();

        public Task<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult> CheckHealthAsync(
            Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref asked);
            return End.Task;
        }
    }
}
