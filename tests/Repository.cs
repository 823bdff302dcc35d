namespace Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The program that runs assemblies: the one that these tests were started with, else the first on the path.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The full path of a file or folder of the checkout.</summary>
    public static string File(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Measurement.sln")))
            {
                return Path.Combine(folder.FullName, relativePath);
            }
        }

        throw new DirectoryNotFoundException("the tests do not run inside a checkout");
    }
}
