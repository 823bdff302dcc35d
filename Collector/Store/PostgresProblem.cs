using System.Net.Sockets;
using Npgsql;

namespace Collector.Store;

/// <summary>PostgreSQL's refusal, or its absence, in one line for the operator.</summary>
internal sealed class PostgresProblem : IOException
{
    private PostgresProblem(string message, Exception inner, bool isAway)
        : base(message, inner) => IsAway = isAway;

    /// <summary>Whether the server could not be spoken to: nothing is known of what became of the last statement.</summary>
    public bool IsAway { get; }

    /// <summary>What went wrong, in words.</summary>
    /// <param name="name">The database.</param>
    /// <param name="user">Who speaks to it.</param>
    /// <param name="problem">What Npgsql threw.</param>
    public static PostgresProblem From(string name, string user, Exception problem)
    {
        if (problem is PostgresException { SqlState: var state } refused)
        {
            return new PostgresProblem(
                state switch
                {
                    PostgresErrorCodes.InvalidPassword => $"{name} refuses the user {user}: wrong password (Storage__ConnectionString)",
                    PostgresErrorCodes.InvalidAuthorizationSpecification => $"{name} refuses the user {user}: {OneLine(refused.MessageText)}",
                    PostgresErrorCodes.InvalidCatalogName => $"{name} does not exist: create it (CREATE DATABASE … ENCODING 'UTF8'), or name another in Storage__ConnectionString",
                    PostgresErrorCodes.InsufficientPrivilege => $"{name}: the user {user} lacks a right: {OneLine(refused.MessageText)}",
                    PostgresErrorCodes.InvalidSchemaName => $"{name} has no schema to make tables in: {OneLine(refused.MessageText)}",
                    PostgresErrorCodes.DuplicateTable => $"{name} holds a table of somebody else: {OneLine(refused.MessageText)}; use a database, or a schema (Search Path=…), of its own",
                    PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => $"{name} lacks a part of the store: {OneLine(refused.MessageText)}",
                    PostgresErrorCodes.ReadOnlySqlTransaction => $"{name} cannot be written to: it is a standby, or set to read only",
                    PostgresErrorCodes.DiskFull => $"{name}: its disk is full; nothing of the current batch was stored",
                    PostgresErrorCodes.TooManyConnections => $"{name} has no connection left (max_connections)",
                    PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected => $"{name}: another instance is writing the same measurement and did not make way",
                    _ => $"{name}: {OneLine(refused.MessageText)} ({state})",
                },
                problem,
                isAway: refused.InvariantSeverity is not "ERROR");
        }

        // Said nowhere but in Npgsql's words: the server was not even asked.
        if (problem is NpgsqlException && problem.Message.Contains("pool has been exhausted", StringComparison.Ordinal))
        {
            return new PostgresProblem(
                $"{name}: all connections of this service are in use; what asked in vain may ask again. If it stays: a larger Maximum Pool Size in Storage__ConnectionString, or fewer questions at a time",
                problem,
                isAway: false);
        }

        return new PostgresProblem($"{name} cannot be reached: {Reason(problem)}", problem, isAway: true);
    }

    private static string Reason(Exception problem)
    {
        for (var inner = problem; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return "the host's name has no address";
                case SocketException socket:
                    return OneLine(socket.Message);
                case TimeoutException:
                    return "it does not answer in time";
            }
        }

        return OneLine((problem.InnerException ?? problem).Message);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
