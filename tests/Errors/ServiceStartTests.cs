using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tests.Store;
using Xunit;

namespace Tests.Errors;

/// <summary>What <c>serve</c> says when it cannot begin: one line, and nothing before it.</summary>
public sealed class ServiceStartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, said) = await ServeAsync(("Web__Listen", $"http://127.0.0.1:{port}"));
        Assert.Equal(1, code);
        Assert.Equal($"measurement: Web:Listen is http://127.0.0.1:{port}/, which another process listens on; end that one, or choose another port", Assert.Single(said));
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line()
    {
        var (code, said) = await ServeAsync(
            ("Web__Listen", "http://127.0.0.1:0"), ("Storage__Provider", "PostgreSql"),
            ("Storage__ConnectionString", $"Host=127.0.0.1;Port={Servers.ServerProgram.FreePort()};Database=m;Username=m;Password=s3cret"));
        Assert.Equal(1, code);
        Assert.Matches("^measurement: PostgreSQL at 127.0.0.1:[0-9]+, database m cannot be reached: Connection refused$", Assert.Single(said));
    }

    [Fact]
    public async Task A_file_name_that_is_none_of_ours_cannot_speak_to_the_terminal()
    {
        var (code, said) = await RunAsync(["import", "a\u001b[2J\u202e\nmeasurement: all is well", "--target", "ns-a", "--data", folder["data"], "--quiet"]);
        Assert.Equal(1, code);
        Assert.Equal("measurement: a\\u001b[2J\\u202e\\u000ameasurement: all is well does not exist", Assert.Single(said));
        (code, said) = await RunAsync(["decode", "a\u001b[2J\nb", "--quiet"]);
        Assert.Equal(1, code);
        Assert.Equal("measurement: a\\u001b[2J\\u000ab does not exist", Assert.Single(said));
    }

    [Fact]
    public async Task What_the_program_keeps_is_for_its_user_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are those of Unix");
        var (code, _) = await RunAsync(["demo", "--out", folder["demo"], "--probes", "10", "--weeks", "1", "--quiet"], umask: "022");
        Assert.Equal(0, code);
        Assert.Equal("755", Mode(folder["demo"]));
        Assert.Equal("644", Mode(folder["demo/truth.json"]));
        Assert.Equal("700", Mode(folder["demo/data"]));
        Assert.All(Directory.EnumerateFileSystemEntries(folder["demo/data"], "*", SearchOption.AllDirectories), path => Assert.Equal(Directory.Exists(path) ? "700" : "600", Mode(path)));
        Assert.All(
            Directory.EnumerateFileSystemEntries(folder["demo/reports"], "*", SearchOption.AllDirectories).Append(folder["demo/reports"]),
            path => Assert.Equal(Directory.Exists(path) ? "755" : "644", Mode(path)));
    }

    private static string Mode(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private Task<(int Code, List<string> Said)> ServeAsync(params (string Name, string Value)[] environment) =>
        RunAsync(["serve", "--data", folder["data"], "--out", folder["reports"], "--quiet"], environment: environment);

    private async Task<(int Code, List<string> Said)> RunAsync(string[] arguments, string umask = "077", IEnumerable<(string Name, string Value)>? environment = null)
    {
        string[] all = ["-c", $"umask {umask}; exec \"$@\"", "sh", Repository.Dotnet, typeof(App.Cli.ExitCode).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo("/bin/sh", all) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = folder.Root };
        start.Environment["DOTNET_TieredCompilation"] = "1";
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, [.. (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
