namespace Collector.Store;

/// <summary>One row of an answer, its columns counted from 0; good until the next row.</summary>
internal interface IRow
{
    bool IsNull(int column);

    long Long(int column);

    string? Text(int column);
}

/// <summary>What else a column can hold.</summary>
internal static class RowExtensions
{
    public static int Int(this IRow row, int column) => checked((int)row.Long(column));

    public static long? LongOrNull(this IRow row, int column) => row.IsNull(column) ? null : row.Long(column);

    public static DateTimeOffset? Instant(this IRow row, int column) =>
        row.IsNull(column) ? null : DateTimeOffset.FromUnixTimeSeconds(row.Long(column));
}
