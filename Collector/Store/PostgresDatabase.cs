using System.Data.Common;
using System.Net.Sockets;
using System.Text;
using Collector.Configuration;
using Npgsql;

namespace Collector.Store;

/// <summary>The way to one PostgreSQL database: connections from a pool, and its refusals in words for the operator.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    /// <summary>How long one statement may take when the operator did not say. Reading a year begins with a sort that takes a while.</summary>
    private const int CommandSeconds = 600;

    /// <summary>What opening a connection may take beyond what the connection string allows.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource source;
    private readonly string user;
    private readonly TimeSpan openWithin;

    private PostgresDatabase(NpgsqlConnectionStringBuilder options)
    {
        user = options.Username ?? Environment.UserName;
        openWithin = options.Timeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(options.Timeout) + Grace;
        Name = $"PostgreSQL at {options.Host}:{options.Port}, database {options.Database ?? user}";
        source = NpgsqlDataSource.Create(options);
    }

    /// <summary>Which it is, without anything secret.</summary>
    public string Name { get; }

    /// <summary>Prepares to connect; does not connect yet.</summary>
    /// <param name="connectionString">What the operator wrote. Never quoted in a message: it holds the password.</param>
    /// <exception cref="ConfigurationException">It is missing, or no such text.</exception>
    public static PostgresDatabase Create(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ConfigurationException(
                "Storage:ConnectionString is missing, which Storage:Provider PostgreSql needs; set Storage__ConnectionString to Host=…;Database=…;Username=…;Password=… in the environment");
        }

        try
        {
            var options = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrEmpty(options.Host))
            {
                throw Wrong();
            }

            options.ApplicationName ??= "measurement";
            // ContainsKey would say yes of every word that it knows, set or not.
            if (!options.ShouldSerialize("Command Timeout"))
            {
                options.CommandTimeout = CommandSeconds;
            }

            // Tells of a server that went away without a word.
            if (options.KeepAlive == 0)
            {
                options.KeepAlive = 30;
            }

            return new PostgresDatabase(options);
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Its own words may repeat what it could not read.
            throw Wrong();
        }

        static ConfigurationException Wrong() =>
            new("Storage:ConnectionString cannot be read; allowed: Host=…;Port=…;Database=…;Username=…;Password=… and the other settings of Npgsql (no postgres:// address)");
    }

    /// <summary>A connection from the pool.</summary>
    /// <exception cref="PostgresProblem">The server cannot be reached, or refuses.</exception>
    public NpgsqlConnection Open() => Guard(() =>
    {
        // Npgsql asks a silent server for encryption first, and then again without; when less than a millisecond of its time-out is left then, it
        // makes that none, which means for ever. Only the way that can be cancelled ends; a connection of the pool comes back at once.
        using var patience = new CancellationTokenSource(openWithin);
        try
        {
            return source.OpenConnectionAsync(patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException("it did not answer in time", late);
        }
    });

    /// <summary>Opens a connection and begins something on it. A connection of the pool may have died with the server since it was used,
    /// which shows only then: so there is a second try, with another.</summary>
    /// <param name="begin">What is begun; it keeps the connection.</param>
    public T Begin<T>(Func<NpgsqlConnection, T> begin)
    {
        for (var isAgain = false; ; isAgain = true)
        {
            var connection = Open();
            try
            {
                return Guard(() => begin(connection));
            }
            catch (PostgresProblem problem) when (problem.IsAway && !isAgain)
            {
                connection.Dispose();
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    /// <summary>Does something with the database and puts what goes wrong into words.</summary>
    public T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is DbException or SocketException or TimeoutException or (IOException and not PostgresProblem))
        {
            throw PostgresProblem.From(Name, user, problem);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public void Guard(Action work) => Guard(() =>
    {
        work();
        return 0;
    });

    /// <summary>What PostgreSQL takes for a text: it has no NUL, and no half of a surrogate pair.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }

    /// <summary>The parameters of a statement.</summary>
    public static void Bind(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value switch
            {
                null => new NpgsqlParameter { Value = DBNull.Value },
                string text => new NpgsqlParameter<string> { TypedValue = Clean(text) },
                int number => new NpgsqlParameter<long> { TypedValue = number },
                long number => new NpgsqlParameter<long> { TypedValue = number },
                _ => new NpgsqlParameter { Value = value },
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
