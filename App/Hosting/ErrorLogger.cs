using Microsoft.Extensions.Logging;

namespace App.Hosting;

/// <summary>Tells warnings and errors of the library to whoever runs a command: one line each on standard error.</summary>
internal sealed class ErrorLogger<T> : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Console.Error.WriteLine($"measurement: {formatter(state, exception)}");
        }
    }
}
