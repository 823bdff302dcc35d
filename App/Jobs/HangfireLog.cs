using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using HangfireLevel = Hangfire.Logging.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace App.Jobs;

/// <summary>What Hangfire says, in our log: one line an event, without stacks. Hangfire has one log in a process.</summary>
internal sealed partial class HangfireLog : ILogProvider
{
    private static volatile ILoggerFactory? factory;

    private HangfireLog()
    {
    }

    /// <summary>Has it say what it has to say there from now on.</summary>
    public static void Use(ILoggerFactory loggers)
    {
        factory = loggers;
        LogProvider.SetCurrentLogProvider(new HangfireLog());
    }

    /// <inheritdoc/>
    public ILog GetLogger(string name) => new Lines(name);

    private sealed partial class Lines(string name) : ILog
    {
        public bool Log(HangfireLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
        {
            var level = logLevel switch
            {
                HangfireLevel.Trace => LogLevel.Trace,
                HangfireLevel.Debug or HangfireLevel.Info => LogLevel.Debug,

                // It warns of each job that the end of the service ends.
                HangfireLevel.Warn when name.EndsWith(".Worker", StringComparison.Ordinal) => LogLevel.Debug,

                // It goes on by itself in each of these cases, and tells what became of it.
                _ => LogLevel.Warning,
            };
            ILogger? logger;
            try
            {
                logger = factory?.CreateLogger(name);
            }
            catch (ObjectDisposedException)
            {
                // A thread of Hangfire's that outlives the service.
                return false;
            }

            if (logger?.IsEnabled(level) != true)
            {
                return false;
            }

            if (messageFunc is not null)
            {
                var line = Line(messageFunc(), exception);
                Say(logger, level, line);
            }

            return true;
        }

        private static string Line(string message, Exception? exception)
        {
            var reason = exception is null ? "" : ": " + exception.GetBaseException().Message;
            return string.Join(' ', (message + reason).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        [LoggerMessage("{Text}")]
        private static partial void Say(ILogger logger, LogLevel level, string text);
    }
}
