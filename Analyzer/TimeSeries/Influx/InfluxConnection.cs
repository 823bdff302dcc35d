using Collector.Configuration;

namespace Analyzer.TimeSeries.Influx;

/// <summary>Whether a server would take points.</summary>
/// <param name="Server">The server, for messages.</param>
/// <param name="Problem">Why it would not, in one line; null: it would.</param>
/// <param name="IsMissing">Whether it is only that the database is missing.</param>
public sealed record InfluxConnection(string Server, string? Problem, bool IsMissing)
{
    /// <summary>Tries it with a comment, which every version takes like a point and keeps nothing of.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<InfluxConnection> TryAsync(TimeSeriesOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var http = InfluxServer.Client();
        var server = new InfluxServer(options, http, time);
        var comment = "# measurement check\n"u8.ToArray();
        foreach (var place in Enum.GetValues<SeriesPlace>())
        {
            // A server that finds fault with the comment has let us in and found the database.
            switch (await server.WriteAsync(place, comment, isGzip: false, 1, cancellationToken))
            {
                case WriteAnswer.Misconfigured misconfigured:
                    return new InfluxConnection(server.Name, misconfigured.Problem, misconfigured.IsMissing);
                case WriteAnswer.Later later when !IsAboutEmptiness(later.Problem):
                    return new InfluxConnection(server.Name, later.Problem, IsMissing: false);
            }
        }

        return new InfluxConnection(server.Name, null, IsMissing: false);
    }

    // 2.x: "writing requires points"; 3: "incoming write was empty".
    private static bool IsAboutEmptiness(string problem) =>
        problem.Contains("requires points", StringComparison.OrdinalIgnoreCase) || problem.Contains("empty", StringComparison.OrdinalIgnoreCase);
}
