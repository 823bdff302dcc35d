using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using Xunit;

namespace Tests.Servers;

/// <summary>A PostgreSQL of its own, on loopback, in a temporary folder; started when it is first needed, gone with the tests, however they end.</summary>
/// <remarks>As root it runs as another user, since it refuses to run as root.</remarks>
public sealed partial class PostgresServer : IDisposable
{
    /// <summary>The collection of the tests that share one.</summary>
    public const string Collection = "PostgreSQL";

    private const string User = "measurement";
    private const string Password = "s3cret;word";

    // The server ends when the shell's input does: with us, even when we are killed.
    private const string Script = """
        "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server
        """;

    private readonly string root = Directory.CreateTempSubdirectory("measurement-postgres-").FullName;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    private readonly List<int> frozen = [];
    private Process? process;
    private int made;

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => process is not null;

    /// <summary>A connection string to a schema of its own, new and empty; the test is skipped where there is no PostgreSQL.</summary>
    public string NewSchema()
    {
        var name = "s" + Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture);
        Execute(ConnectionString("postgres"), $"CREATE SCHEMA {name}");
        return ConnectionString("postgres") + ";Search Path=" + name;
    }

    /// <summary>A connection string to a database of its own, new and empty; the test is skipped where there is no PostgreSQL.</summary>
    public string NewDatabase()
    {
        var name = "d" + Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture);
        Execute(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>How to reach a database.</summary>
    public string ConnectionString(string database)
    {
        Start();
        return new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Database = database, Username = User, Password = Password }.ConnectionString;
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row.</summary>
    public static object? Scalar(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <summary>Starts it, again on the same port and data when it ran before; does nothing when it runs.</summary>
    public void Start()
    {
        if (process is not null)
        {
            return;
        }

        var data = Path.Combine(root, "data");
        if (!Directory.Exists(data))
        {
            Make(data);
            Port = ServerProgram.FreePort();
        }

        string[] command =
        [
            .. AsOther(), Program("postgres"), "-D", data, "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={root}", "-c", "fsync=off", "-c", "log_min_messages=log", "-c", "max_connections=200",
        ];
        process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                said.Add(line.Data ?? "(the end)");
            }

            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException("PostgreSQL did not start: " + string.Join('\n', said)));
            }
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        process.BeginErrorReadLine();
        if (!ready.Task.Wait(TimeSpan.FromMinutes(1)))
        {
            Stop();
            throw new InvalidOperationException("PostgreSQL did not start: " + string.Join('\n', said));
        }

        ready.Task.GetAwaiter().GetResult();
    }

    /// <summary>Stops it; connections are cut.</summary>
    public void Stop()
    {
        if (process is { } running)
        {
            process = null;
            running.StandardInput.Close();
            running.WaitForExit();
            running.Dispose();
        }
    }

    /// <summary>Holds it with all its processes, as a machine that hangs would: connections stay, and nothing answers.</summary>
    public void Freeze()
    {
        // The first before its children, so that there are no new ones.
        var first = int.Parse(File.ReadLines(Path.Combine(root, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        frozen.Add(first);
        Assert.Equal(0, Signal(first, StopSignal));
        foreach (var child in File.ReadAllText($"/proc/{first}/task/{first}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            frozen.Add(int.Parse(child, CultureInfo.InvariantCulture));
            _ = Signal(frozen[^1], StopSignal);
        }
    }

    /// <summary>Lets it go on.</summary>
    public void Thaw()
    {
        foreach (var one in frozen)
        {
            _ = Signal(one, ContinueSignal);
        }

        frozen.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Thaw();
        Stop();
        Directory.Delete(root, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);

    private static string Program(string name) => ServerProgram.Require(name, "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql/bin");

    /// <summary>What makes a command run as another user than root; nothing for anyone else.</summary>
    private static string[] AsOther()
    {
        if (Environment.UserName != "root")
        {
            return [];
        }

        var users = File.ReadLines("/etc/passwd").Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);
        return [ServerProgram.Require("setpriv"), "--reuid", users.Contains("postgres") ? "postgres" : "nobody", "--clear-groups", "--"];
    }

    private void Make(string data)
    {
        var program = Program("initdb");
        Program("postgres");
        if (!OperatingSystem.IsWindows() && Environment.UserName == "root")
        {
            File.SetUnixFileMode(root, (UnixFileMode)0b111_111_111);
        }

        var password = Path.Combine(root, "password");
        File.WriteAllText(password, Password);
        string[] command =
        [
            .. AsOther(), program, "-D", data, "-U", User, "--pwfile", password, "--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync",
        ];
        using var making = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        var errors = making.StandardError.ReadToEndAsync();
        making.StandardOutput.ReadToEnd();
        making.WaitForExit();
        Assert.True(making.ExitCode == 0, $"initdb: {errors.Result}");
    }
}

/// <summary>The tests that share one PostgreSQL.</summary>
[CollectionDefinition(PostgresServer.Collection)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>;
