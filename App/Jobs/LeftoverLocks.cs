using System.Diagnostics;
using Npgsql;

namespace App.Jobs;

/// <summary>Removes rows of Hangfire's own locks that a killed process left. Hangfire does so too, by the wall clock: where that has been set
/// back, a leftover would seem to be new for hours, and no job would have a turn.</summary>
/// <remarks>By how long we have seen the same row, by a clock that never goes back.</remarks>
internal sealed class LeftoverLocks(string connectionString, string schema)
{
    // A little longer than Hangfire's own rule, which is the usual one.
    private static readonly TimeSpan Patience = HangfireStorage.LeftoverAfter + TimeSpan.FromSeconds(5);

    private Dictionary<(string Resource, DateTime Acquired), long> seen = [];

    /// <summary>Looks, and removes those that have been there for too long.</summary>
    /// <returns>How many it removed.</returns>
    public async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        await using var connection = PostgresJobLocks.Connection(connectionString, "jobs");
        await connection.OpenAsync(cancellationToken);
        var rows = new Dictionary<(string, DateTime), long>();
        await using (var look = new NpgsqlCommand($"SELECT resource, acquired FROM \"{schema}\".lock WHERE acquired IS NOT NULL", connection))
        await using (var reader = await look.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var key = (reader.GetString(0), reader.GetDateTime(1));
                rows[key] = seen.TryGetValue(key, out var since) ? since : Stopwatch.GetTimestamp();
            }
        }

        seen = rows;
        var removed = 0;
        foreach (var (resource, acquired) in rows.Where(row => Stopwatch.GetElapsedTime(row.Value) >= Patience).Select(row => row.Key))
        {
            await using var remove = new NpgsqlCommand($"DELETE FROM \"{schema}\".lock WHERE resource = $1 AND acquired = $2", connection);
            remove.Parameters.Add(new NpgsqlParameter { Value = resource });
            remove.Parameters.Add(new NpgsqlParameter { Value = acquired });
            removed += await remove.ExecuteNonQueryAsync(cancellationToken);
        }

        return removed;
    }
}
