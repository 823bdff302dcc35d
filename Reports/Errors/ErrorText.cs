using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using Collector.Configuration;

namespace Reports.Errors;

/// <summary>What an operator is told of an exception: one line, never a trace.</summary>
internal static class ErrorText
{
    /// <summary>A line in the log is no longer.</summary>
    public const int Longest = 500;

    /// <summary>What went wrong: of several things at once, as parallel writers bring them, the first that was written for the operator.</summary>
    public static Exception Cause(Exception problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem switch
        {
            AggregateException many when many.Flatten().InnerExceptions is { Count: > 0 } all => Cause(all.FirstOrDefault(IsForeseen) ?? all[0]),
            TypeInitializationException { InnerException: { } inner } => Cause(inner),
            System.Reflection.TargetInvocationException { InnerException: { } inner } => Cause(inner),
            _ => problem,
        };
    }

    /// <summary>Whether the message was written for the operator; of anything else the log has all.</summary>
    public static bool IsForeseen(Exception problem) => problem is AggregateException
        ? Cause(problem) is not AggregateException and var cause && IsForeseen(cause)
        : problem is IOException or ConfigurationException or InvalidDataException or UnauthorizedAccessException or DbException or SocketException or HttpRequestException or TimeoutException;

    /// <summary>The line.</summary>
    /// <param name="problem">What ended it.</param>
    /// <param name="longest">Where it is cut; a command says more than a log.</param>
    public static string Line(Exception problem, int longest = Longest)
    {
        var cause = Cause(problem);
        var message = IsForeseen(cause) ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= longest ? line : line[..longest] + "…";
    }

    /// <summary>The line of what nobody foresaw: with the place, which is what whoever mends it asks for first.</summary>
    public static string Fault(Exception problem)
    {
        var cause = Cause(problem);
        var place = new StackTrace(cause, fNeedFileInfo: false).GetFrames()
            .Select(frame => frame.GetMethod())
            .FirstOrDefault(method => method?.DeclaringType?.Namespace is { } name && IsOurs(name));
        var at = place is null ? "" : $" in {place.DeclaringType!.FullName}.{place.Name}";
        return $"a fault of the program, please report it: {Line(cause)}{at}";
    }

    private static bool IsOurs(string name) => name.Split('.')[0] is "Collector" or "Analyzer" or "Reports";
}
