using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Tests.Servers;

/// <summary>Programs of real servers, for tests that start them on loopback. A test is skipped, by name, where its program is missing;
/// with <c>REQUIRE_SERVERS=1</c> in the environment it fails instead.</summary>
internal static class ServerProgram
{
    /// <summary>The full path of a program on the path, or in one of these folders.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="folders">Where else to look; one part may be <c>*</c>, as in <c>/usr/lib/postgresql/*/bin</c>.</param>
    public static string Require(string name, params string[] folders)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(folders.SelectMany(Expand))
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null && Environment.GetEnvironmentVariable("REQUIRE_SERVERS") == "1")
        {
            Assert.Fail($"{name} is not on this machine, and REQUIRE_SERVERS=1 asks for it");
        }

        Assert.SkipWhen(path is null, $"{name} is not on this machine");
        return path!;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code, and what it said: output, then errors.</returns>
    public static async Task<(int Code, string Said)> RunAsync(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    /// <summary>A port of loopback that nobody listens on, for programs that do not say which one they were given.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<string> Expand(string pattern)
    {
        var star = pattern.IndexOf("/*/", StringComparison.Ordinal);
        return star < 0 ? [pattern]
            : !Directory.Exists(pattern[..star]) ? []
            : Directory.EnumerateDirectories(pattern[..star]).OrderDescending(StringComparer.Ordinal).Select(folder => folder + pattern[(star + 2)..]);
    }
}
