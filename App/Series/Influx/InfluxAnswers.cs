using System.Net;
using System.Text;

namespace App.Series.Influx;

/// <summary>Stands between InfluxDB.Client and the network: keeps each answer as it came, for who asked, and hands on no more than its beginning.</summary>
/// <param name="prepare">Gives each request what the package does not.</param>
/// <param name="time">The clock.</param>
internal sealed class InfluxAnswers(Action<HttpRequestMessage> prepare, TimeProvider time) : DelegatingHandler(InfluxServer.Handler())
{
    private static readonly AsyncLocal<Kept?> Current = new();

    /// <summary>Keeps the answer to the next request of this flow of calls.</summary>
    public static Kept Keep() => Current.Value = new Kept();

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        prepare(request);
        var response = await base.SendAsync(request, cancellationToken);
        using var original = response.Content;
        var body = await InfluxServer.BeginningAsync(original, cancellationToken);
        if (Current.Value is { } kept)
        {
            kept.Answer = new InfluxAnswer(response.StatusCode, Encoding.UTF8.GetString(body.Span), InfluxServer.WishOf(response, time));
        }

        response.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = original.Headers.ContentType } };
        return response;
    }

    /// <summary>Where an answer is kept.</summary>
    public sealed class Kept
    {
        /// <summary>The last answer; null: none came.</summary>
        public InfluxAnswer? Answer { get; set; }
    }
}

/// <summary>An answer as it came.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">The beginning of its body, or all of it where all is wanted.</param>
/// <param name="RetryAfter">When to come again, if the server says so.</param>
internal sealed record InfluxAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter);
