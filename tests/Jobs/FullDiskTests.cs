using System.Diagnostics;
using Xunit;

namespace Tests.Jobs;

/// <summary>A real file system that is really full, where this machine lets us make one.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_the_jobs_error_and_once_there_is_room_nothing_is_missing()
    {
        var disk = Directory.CreateTempSubdirectory("measurement-disk-").FullName;
        var mounted = OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", "size=512k", "tmpfs", disk);
        try
        {
            Assert.SkipUnless(mounted, "mounting a small file system needs Linux and root");
            await using var lab = await JobLab.StartAsync(data: Path.Combine(disk, "data"));
            await lab.MeasureAsync();
            await lab.MeasureAsync(6);
            lab.Now = JobLab.Start.AddDays(9);
            Assert.False(await lab.RunAsync("collect"));
            var error = lab.States.Find("collect")!.Error!;
            Assert.Matches("(?i)no space left|disk.* full", error);
            Assert.DoesNotContain('\n', error);
            Assert.False(await lab.RunAsync("collect"));

            Assert.True(Mount("-o", "remount,size=64m", disk));
            Assert.True(await lab.RunAsync("collect"), lab.States.Find("collect")!.Error);
            Assert.Null(lab.States.Find("collect")!.Error);
            await using var roomy = await JobLab.StartAsync();
            await roomy.MeasureAsync();
            await roomy.MeasureAsync(6);
            roomy.Now = lab.Now;
            await roomy.RunAsync("collect");
            Assert.Equal(roomy.Dump(), lab.Dump());
        }
        finally
        {
            if (mounted)
            {
                Run("umount", "-l", disk);
            }

            Directory.Delete(disk, recursive: true);
        }
    }

    private static bool Mount(params string[] arguments) => Run("mount", arguments);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
