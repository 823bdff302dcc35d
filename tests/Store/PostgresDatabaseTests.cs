using System.Net;
using System.Net.Sockets;
using Collector.Store;
using Xunit;

namespace Tests.Store;

public sealed class PostgresDatabaseTests
{
    private const int Tries = 24;
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>One time in some, Npgsql's own time-out of such a server never came.</summary>
    [Fact]
    public async Task A_server_that_takes_connections_and_says_nothing_is_given_up_each_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(4 * Tries);
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var tries = Enumerable.Range(0, Tries).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var database = PostgresDatabase.Create($"Host=127.0.0.1;Port={port};Username=u;Password=p;Timeout=1");
                var problem = Assert.Throws<PostgresProblem>(database.Open);
                Assert.Contains($"PostgreSQL at 127.0.0.1:{port}", problem.Message, StringComparison.Ordinal);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(tries).WaitAsync(Generous, TestContext.Current.CancellationToken);
    }
}
