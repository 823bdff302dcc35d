using System.Globalization;
using Npgsql;

namespace Collector.Store;

/// <summary>The row a reader is at.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : IRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Long(int column) => reader.GetInt64(column);

    public string? Text(int column) => reader.IsDBNull(column) ? null
        : reader.GetValue(column) is string text ? text
        : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture);

    /// <summary>Runs a command and hands out row by row.</summary>
    public static void Each(NpgsqlCommand command, Action<IRow> read)
    {
        using var reader = command.ExecuteReader();
        var row = new PostgresRow(reader);
        while (reader.Read())
        {
            read(row);
        }
    }
}
