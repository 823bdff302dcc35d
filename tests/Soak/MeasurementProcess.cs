using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tests.Soak;

/// <summary>The program as operators run it: a process of its own.</summary>
internal sealed partial class MeasurementProcess : IAsyncDisposable
{
    /// <summary>The key of a service that was given <see cref="KeyHash"/>.</summary>
    private const string Key = "correct horse battery staple";

    private const int Terminate = 15;
    private const int Stop = 19;
    private const int Continue = 18;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly Process process;
    private readonly StreamWriter log;
    private readonly Task errors;
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MeasurementProcess(Process process, StreamWriter log)
    {
        this.process = process;
        this.log = log;
        errors = CopyAsync();
    }

    /// <summary>What <c>Web:KeyHash</c> has to be for <see cref="RunAsync"/>.</summary>
    public static string KeyHash => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

    /// <summary>Standard output.</summary>
    public StreamReader Output => process.StandardOutput;

    /// <summary>Its id.</summary>
    public int Id => process.Id;

    /// <summary>Where a service answers, once it says so.</summary>
    public Task<Uri> Address => address.Task;

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Starts the program.</summary>
    /// <param name="logFile">What it says on standard error is added there.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    /// <param name="arguments">Its command line.</param>
    public static MeasurementProcess Start(string logFile, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Repository.Dotnet, [typeof(App.Cli.ExitCode).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(logFile)!,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new MeasurementProcess(Process.Start(start)!, new StreamWriter(logFile, append: true) { AutoFlush = true });
    }

    /// <summary>Resident memory, KiB; null when it has ended.</summary>
    public long? ResidentKilobytes()
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status")
                .FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends it without a chance to say a word.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await EndAsync();
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        _ = Signal(process.Id, Terminate);
        return await EndAsync();
    }

    /// <summary>Holds it, as a network that swallows everything would.</summary>
    public void Freeze() => _ = Signal(process.Id, Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _ = Signal(process.Id, Continue);

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        await errors;
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Thaw();
            await KillAsync();
        }

        process.Dispose();
        await log.DisposeAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);

    /// <summary>Has a service run a job now, as the key lets one.</summary>
    /// <returns>False: it does not answer, or not any more.</returns>
    public async Task<bool> RunAsync(string job)
    {
        if (!address.Task.IsCompletedSuccessfully)
        {
            return false;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await address.Task, $"/api/v1/jobs/{job}/run"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            using var answer = await Http.SendAsync(request);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private async Task CopyAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (Answers().Match(line) is { Success: true } match)
            {
                address.TrySetResult(new Uri(match.Groups[1].Value));
            }

            await log.WriteLineAsync(line);
        }
    }

    [GeneratedRegex("it answers on (http://[^ ,]+)")]
    private static partial Regex Answers();
}
