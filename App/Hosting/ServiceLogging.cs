using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace App.Hosting;

/// <summary>What the service says, and how: one line an event on standard error, times in UTC.</summary>
internal static class ServiceLogging
{
    /// <summary>Adds it; the section <c>Logging</c> overrules everything here.</summary>
    public static void AddServiceLogging(this ILoggingBuilder logging, IConfiguration configuration)
    {
        // The framework tells of every request and every firing; an operator wants to hear of what we did.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Hangfire", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);

        // That the keys which sign cookies lie in a file is known: nobody else can read it.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // What ends the service is told in one line by the command, and not in three traces by the host before it.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddConfiguration(configuration.GetSection("Logging"));

        // Before the console is added, which reads the operator's Logging:Console over it.
        logging.Services.Configure<SimpleConsoleFormatterOptions>(options =>
        {
            InUtc(options);
            options.SingleLine = true;
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(options =>
        {
            InUtc(options);
            options.TimestampFormat = options.TimestampFormat!.TrimEnd(); // nothing follows it on the line
        });
        logging.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.FormatterName = ConsoleFormatterNames.Simple;
            options.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsole();

        // The console itself is no provider any more but what stands behind ours, which leaves out traces and repetitions.
        var console = logging.Services.Single(service => service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider));
        logging.Services.Remove(console);
        logging.Services.AddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(services =>
            new OperatorLoggerProvider(services.GetRequiredService<ConsoleLoggerProvider>(), new RepeatFilter(TimeProvider.System)));
    }

    private static void InUtc(ConsoleFormatterOptions options)
    {
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
    }
}
