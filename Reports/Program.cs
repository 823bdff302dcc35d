using Reports.Commands;

return await CommandLine.RunAsync(args);
