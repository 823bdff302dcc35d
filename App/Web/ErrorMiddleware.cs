using System.Text.RegularExpressions;
using App.Web.Serving;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace App.Web;

/// <summary>What becomes of errors: the caller's own in one line that helps, ours in the log.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone, or the time is up, which the time-out answers.
            throw;
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            var (status, detail) = problem switch
            {
                ConfigurationException => (StatusCodes.Status400BadRequest, Parameters().Replace(problem.Message, "")),
                TooBusyException => (StatusCodes.Status429TooManyRequests, problem.Message),
                NotFoundException => (StatusCodes.Status404NotFound, problem.Message),
                BadHttpRequestException bad => (bad.StatusCode, null),
                IOException or InvalidDataException or UnauthorizedAccessException => (StatusCodes.Status503ServiceUnavailable, "the store or a file cannot be read just now; the log has the reason"),
                _ => (StatusCodes.Status500InternalServerError, (string?)null),
            };
            if (problem is TooBusyException busy)
            {
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(busy.Wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            if (status >= StatusCodes.Status500InternalServerError)
            {
                // What is away or damaged says itself what it is; only what nobody planned needs its whole story.
                if (status == StatusCodes.Status503ServiceUnavailable)
                {
                    Unreadable(logger, context.Request.Path.Value ?? "", problem.Message);
                }
                else
                {
                    Failed(logger, context.Request.Path.Value ?? "", problem);
                }
            }

            await ProblemWriter.WriteAsync(context, status, detail);
        }
    }

    /// <summary>Questions over HTTP are read by the command line's own code, which names its options.</summary>
    [GeneratedRegex("--(?=(target|family|week|since|until|by|compare)\\b)")]
    private static partial Regex Parameters();

    [LoggerMessage(LogLevel.Error, "A request for {Path} could not be answered: {Reason}")]
    private static partial void Unreadable(ILogger logger, string path, string reason);

    [LoggerMessage(LogLevel.Error, "A request for {Path} failed")]
    private static partial void Failed(ILogger logger, string path, Exception problem);
}
