using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using App.Demo;
using Simulator.Server;
using Simulator.Worlds;
using Tests.Store;

namespace Tests.Errors;

/// <summary>A tiny installation whose disk, folder or output can be taken away, and the program's own process on it.</summary>
public sealed class TroubledRun : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Lazy<Task<SimulatorServer>> atlas;
    private readonly bool hasDisk;

    public TroubledRun()
    {
        atlas = new(MakeAsync);
        Directory.CreateDirectory(Disk);
        hasDisk = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", Disk) == 0;
    }

    /// <summary>Whether this machine lets us make a disk of our own.</summary>
    public bool HasDisk => hasDisk;

    /// <summary>The disk: 16 MiB, for data and reports.</summary>
    public string Disk => folder["disk"];

    /// <summary>A file of results that is not on the disk.</summary>
    internal string Results => Directory.EnumerateFiles(Path.Combine(Pattern, "data", "archive"), "2026-11-10.ndjson.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    private string Pattern => folder["pattern"];

    /// <summary>Puts a whole installation on the disk, and an earlier report.</summary>
    public async Task ResetAsync()
    {
        await atlas.Value;
        Remount("rw");
        foreach (var entry in new DirectoryInfo(Disk).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo sub)
            {
                sub.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        Copy(Path.Combine(Pattern, "data"), Path.Combine(Disk, "data"));
        Directory.CreateDirectory(Path.Combine(Disk, "reports", "2026-W46", "maps"));
        File.WriteAllText(Path.Combine(Disk, "reports", "2026-W46", "index.html"), "the old report");
        File.WriteAllText(Path.Combine(Disk, "reports", "2026-W46", "report.json"), """{"week":"2026-W46"}""");
    }

    /// <summary>Leaves no room on the disk.</summary>
    /// <param name="leave">But for so many bytes.</param>
    public void Fill(int leave = 0)
    {
        var room = Path.Combine(Disk, "room");
        File.WriteAllBytes(room, new byte[leave]);
        using var rest = new FileStream(Path.Combine(Disk, "rest"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[65_536];
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                {
                    rest.Write(block.AsSpan(0, size));
                }
            }
            catch (IOException)
            {
                // Smaller pieces may still fit.
            }
        }

        File.Delete(room);
    }

    /// <summary>Lets nobody write to the disk, or anybody again.</summary>
    public void Remount(string how)
    {
        if (hasDisk && Run("mount", "-o", $"remount,{how}", Disk) != 0)
        {
            throw new InvalidOperationException($"the disk cannot be remounted {how}");
        }
    }

    /// <summary>All files of the reports and all names below the disk, to compare.</summary>
    public IReadOnlyDictionary<string, string> Look() => Directory.EnumerateFiles(Disk, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(Disk, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    /// <summary>Runs the program through a shell, to its end; what serves until it is told to end is told so once it serves.</summary>
    /// <param name="arguments">The program's, without configuration and folders.</param>
    /// <param name="shell">What the shell does: <c>"$@"</c> is the program.</param>
    /// <param name="closesOutput">Whether nobody reads what it writes to standard output.</param>
    internal async Task<Outcome> RunAsync(string[] arguments, string shell = "exec \"$@\"", bool closesOutput = false)
    {
        var server = await atlas.Value;
        string[] all =
        [
            "-c", shell, "sh", Repository.Dotnet, typeof(App.Cli.ExitCode).Assembly.Location,
            .. arguments, "--quiet", "--config", Path.Combine(Pattern, "appsettings.json"), "--data", Path.Combine(Disk, "data"),
        ];
        var start = new ProcessStartInfo("/bin/sh", all) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder.Root };

        // Most of these runs are short: what is compiled quickly is good enough.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["Atlas__BaseUrl"] = server.BaseUrl.ToString();
        start.Environment["Atlas__Key"] = SimulatedNetwork.Key;
        start.Environment["Web__Listen"] = "http://127.0.0.1:0";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            process.StandardInput.Close();
            Task<string> output = Task.FromResult("");
            if (closesOutput)
            {
                process.StandardOutput.Close();
            }
            else
            {
                output = process.StandardOutput.ReadToEndAsync(patience.Token);
            }

            var errors = new StringBuilder();
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line)
            {
                errors.Append(line).Append('\n');
                if (line.Contains("Service runs: it answers on", StringComparison.Ordinal) || line.StartsWith("simulating ", StringComparison.Ordinal))
                {
                    Run("kill", "-TERM", $"{process.Id}");
                }
            }

            await process.WaitForExitAsync(patience.Token);
            return new Outcome(process.ExitCode, await output, errors.ToString());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} does not end");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (atlas.IsValueCreated && atlas.Value.IsCompletedSuccessfully)
        {
            atlas.Value.Result.DisposeAsync().AsTask().Wait();
        }

        if (hasDisk)
        {
            Run("umount", "-l", Disk);
        }

        folder.Dispose();
    }

    private async Task<SimulatorServer> MakeAsync()
    {
        await new DemoRun(new DemoOptions(Pattern, Probes: 20, Weeks: 1) { WithReports = false }, new StepLog(TextWriter.Null, isQuiet: true, isTerminal: false)).RunAsync(default);
        return await SimulatorServer.StartAsync(global::Simulator.Worlds.World.Create(8038, 20, 1), new SimulatorOptions());
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var sub in Directory.EnumerateDirectories(from))
        {
            Copy(sub, Path.Combine(to, Path.GetFileName(sub)));
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    /// <summary>What a run left.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Errors);
}
