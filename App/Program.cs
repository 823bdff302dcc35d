using App.Cli;
using Collector.Archive;
using Reports.Errors;

Console.SetError(new ErrorWriter(Console.Error));
PrivateFiles.Begin();
return await CommandLine.RunAsync(args);
