using System.Text;

namespace App.Series;

/// <summary>Writes line protocol to a stream. The comments in it, which every server skips, are what InfluxDB's own <c>influx -import</c>
/// learns from where the points belong.</summary>
internal sealed class LineSink(Stream output, string database) : ITimeSeriesSink
{
    private SeriesPlace? place;
    private long points;

    /// <inheritdoc/>
    public SinkState State => new() { Written = points };

    /// <inheritdoc/>
    public async ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
    {
        if (this.place is null)
        {
            await output.WriteAsync(Encoding.ASCII.GetBytes($"# DML\n# CONTEXT-DATABASE: {database}\n"), cancellationToken);
        }

        if (this.place != place)
        {
            await output.WriteAsync(Encoding.ASCII.GetBytes($"# CONTEXT-RETENTION-POLICY: {(place == SeriesPlace.Raw ? "raw" : "autogen")}\n"), cancellationToken);
            this.place = place;
        }

        await output.WriteAsync(lines, cancellationToken);
        this.points += points;
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
