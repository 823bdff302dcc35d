using System.Globalization;
using SQLitePCL;

namespace Collector.Store;

/// <summary>A compiled statement: bind from 1, step, read columns from 0, <see cref="Reset"/>, again.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) : IRow, IDisposable
{
    public SqliteStatement Bind(int index, long value)
    {
        database.Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(statement, index) : raw.sqlite3_bind_int64(statement, index, value.Value));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(statement, index) : raw.sqlite3_bind_text(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        database.Check(raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    /// <summary>Binds texts, whole numbers and nulls, in their order.</summary>
    public SqliteStatement Bind(object?[] values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            _ = values[index] is string text ? Bind(index + 1, text)
                : Bind(index + 1, values[index] is null ? (long?)null : Convert.ToInt64(values[index], CultureInfo.InvariantCulture));
        }

        return this;
    }

    /// <summary>Runs it and hands out row by row.</summary>
    public void Each(object?[] values, Action<IRow> read)
    {
        Bind(values);
        while (Step())
        {
            read(this);
        }

        Reset();
    }

    /// <summary>Moves to the next row; false when there is none.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            // The reset releases what the statement holds; its own code only repeats the failure.
            _ = raw.sqlite3_reset(statement);
            database.Check(code);
        }

        return false;
    }

    /// <summary>Runs a statement that returns no rows and makes it ready for the next time.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset() => database.Check(raw.sqlite3_reset(statement));

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    public string? Text(int column) => IsNull(column) ? null : raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>The bytes as SQLite holds them: valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose()
    {
        raw.sqlite3_finalize(statement);
        statement.Dispose();
    }
}
