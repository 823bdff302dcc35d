using Analyzer.Hours;
using Collector.Configuration;

namespace App.Series.Influx;

/// <summary>Whether a server would take points.</summary>
/// <param name="Server">The server, for messages.</param>
/// <param name="Problem">Why it would not, in one line; null: it would.</param>
/// <param name="IsMissing">Whether it is only that the database is missing.</param>
public sealed record InfluxConnection(string Server, string? Problem, bool IsMissing)
{
    private static readonly byte[] Comment = "# measurement check\n"u8.ToArray();

    /// <summary>Tries it: with a point of the job <c>check</c>, one an hour however often it is tried, since a server whose disk is full takes whatever
    /// it need not keep; and beside it, where raw points go, with a comment, which every version takes like a point.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<InfluxConnection> TryAsync(TimeSeriesOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        using var http = InfluxServer.Client();
        using var server = new InfluxServer(options, http, time);
        var hour = time.GetUtcNow().ToUnixTimeSeconds() / HourReader.Hour * HourReader.Hour;
        using var point = new PooledBuffer();
        new LineWriter(point).Begin("job"u8).Tag("job"u8, "check").Field("ok"u8, 1).End(hour * 1_000_000_000);
        foreach (var place in Enum.GetValues<SeriesPlace>())
        {
            // A server that finds fault with the comment has let us in and found the database.
            switch (await server.WriteAsync(place, place == SeriesPlace.Raw ? Comment : point.Written, gzip: null, 1, cancellationToken))
            {
                case WriteAnswer.Misconfigured misconfigured:
                    return new InfluxConnection(server.Name, misconfigured.Problem, misconfigured.IsMissing);
                case WriteAnswer.Later later when !IsAboutEmptiness(later.Problem):
                    var isThere = await server.PingAsync(cancellationToken);
                    return new InfluxConnection(server.Name, isThere == true ? $"{later.Problem} (but it answers a ping)" : later.Problem, IsMissing: false);
            }
        }

        return new InfluxConnection(server.Name, null, IsMissing: false);
    }

    // 2.x: "writing requires points"; 3: "incoming write was empty".
    private static bool IsAboutEmptiness(string problem) =>
        problem.Contains("requires points", StringComparison.OrdinalIgnoreCase) || problem.Contains("empty", StringComparison.OrdinalIgnoreCase);
}
