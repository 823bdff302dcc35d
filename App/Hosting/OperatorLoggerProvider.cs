using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Reports.Errors;

namespace App.Hosting;

/// <summary>The console's log as an operator wants it: of what was foreseen no trace, only its words, whoever logs it; and of what repeats itself, how often.</summary>
/// <param name="inner">Writes the lines.</param>
/// <param name="filter">Decides which.</param>
[ProviderAlias("Console")]
internal sealed class OperatorLoggerProvider(ILoggerProvider inner, RepeatFilter filter) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentDictionary<string, ILogger> loggers = new(StringComparer.Ordinal);

    /// <summary>For the service.</summary>
    public OperatorLoggerProvider(ConsoleLoggerProvider inner, RepeatFilter filter)
        : this((ILoggerProvider)inner, filter)
    {
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.GetOrAdd(categoryName, name => new OperatorLogger(name, inner.CreateLogger(name), filter));

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => (inner as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private sealed class OperatorLogger(string category, ILogger inner, RepeatFilter filter) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning)
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
                return;
            }

            var message = formatter(state, exception);
            var isForeseen = exception is not null && ErrorText.IsForeseen(ErrorText.Cause(exception));
            if (isForeseen && ErrorText.Line(exception!) is var why && !message.Contains(why, StringComparison.Ordinal))
            {
                message = $"{message.TrimEnd('.', ' ')}: {why}";
            }

            var trace = isForeseen ? null : exception;
            if (!filter.Passes(RepeatFilter.Same(category, eventId.Id, message + trace?.GetType().Name), out var unsaid))
            {
                return;
            }

            var repeated = unsaid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({unsaid} times more since this was last said)");
            if (repeated.Length == 0 && message == formatter(state, exception))
            {
                // The values of its own, which JSON has beside the words.
                inner.Log(logLevel, eventId, state, trace, formatter);
                return;
            }

            inner.Log(logLevel, eventId, message + repeated, trace, static (text, _) => text);
        }
    }
}
