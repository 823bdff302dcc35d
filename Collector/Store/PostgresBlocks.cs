using Npgsql;

namespace Collector.Store;

/// <summary>Blocks from the shared store: one statement, hence one snapshot, sorted by the server and streamed.</summary>
internal sealed class PostgresBlocks : IBlocks
{
    private readonly PostgresDatabase database;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;
    private readonly NpgsqlDataReader reader;
    private byte[] block = [];
    private bool isAtEnd;

    /// <param name="database">Where they are read.</param>
    /// <param name="measurements">Of which measurements.</param>
    /// <param name="from">Unix seconds.</param>
    /// <param name="to">Unix seconds, not included.</param>
    /// <param name="probes">Of which probes; null: all.</param>
    public PostgresBlocks(PostgresDatabase database, IReadOnlyList<long> measurements, long from, long to, IReadOnlyList<int>? probes)
    {
        this.database = database;
        (connection, command, reader) = database.Begin(connection =>
        {
            var command = new NpgsqlCommand(
                $"""
                SELECT samples.probe, (wanted.place - 1)::int, samples.day, samples.block
                FROM unnest($1) WITH ORDINALITY AS wanted (measurement, place)
                JOIN days ON days.measurement = wanted.measurement AND days.day BETWEEN $2 AND $3 AND days.latest >= $4 AND days.earliest < $5
                JOIN samples ON samples.measurement = days.measurement AND samples.day = days.day {(probes is null ? "" : "AND samples.probe = ANY ($6)")}
                ORDER BY samples.probe, wanted.place, samples.day
                """,
                connection);
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. measurements] });
            PostgresDatabase.Bind(command.Parameters, [UnixDay.Of(from), UnixDay.Of(to - 1), from, to]);
            if (probes is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. probes] });
            }

            return (connection, command, command.ExecuteReader());
        });
    }

    public int Probe { get; private set; }

    public int Index { get; private set; }

    public long Day { get; private set; }

    public ReadOnlySpan<byte> Block => block;

    public bool MoveNext()
    {
        isAtEnd = !database.Guard(reader.Read);
        if (isAtEnd)
        {
            return false;
        }

        Probe = reader.GetInt32(0);
        Index = reader.GetInt32(1);
        Day = reader.GetInt64(2);
        block = reader.GetFieldValue<byte[]>(3);
        return true;
    }

    public void Dispose()
    {
        try
        {
            if (!isAtEnd)
            {
                // Else all that was not read would be fetched first.
                command.Cancel();
            }

            reader.Dispose();
        }
        catch (Exception problem) when (problem is NpgsqlException or InvalidOperationException)
        {
            // The end of something that nobody wants any more.
        }

        command.Dispose();
        connection.Dispose();
    }
}
