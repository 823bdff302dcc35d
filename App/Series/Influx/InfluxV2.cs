using System.Globalization;
using System.Text;
using Collector.Configuration;
using InfluxDB.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Core.Exceptions;

namespace App.Series.Influx;

/// <summary>The dialect of InfluxDB 2, spoken by InfluxDB.Client: it writes, creates buckets, and sees whether anybody is there.</summary>
/// <remarks>
/// Of its ways to write only the plain one, a request a call: the batching one drops points after some attempts. What an answer means is read from the
/// answer itself, by way of <see cref="InfluxAnswers"/>; the package takes every 2xx for a success, a page of some proxy too.
/// </remarks>
internal sealed class InfluxV2 : IDisposable
{
    // The package demands one; without an owner it is taken out of the address again.
    private const string NoOrganization = "none";

    private readonly TimeSeriesOptions options;
    private readonly TimeProvider time;
    private readonly string name;
    private readonly HttpClient http;
    private readonly InfluxDBClient client;
    private readonly WriteApiAsync write;

    /// <summary>Makes one.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="name">The server, for messages.</param>
    /// <param name="isCompressing">Whether points are sent gzipped.</param>
    /// <param name="time">The clock.</param>
    public InfluxV2(TimeSeriesOptions options, string name, bool isCompressing, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        this.name = name;
        http = new HttpClient(new InfluxAnswers(request =>
        {
            if (options.Organization is null)
            {
                request.RequestUri = new UriBuilder(request.RequestUri!) { Query = request.RequestUri!.Query.Replace($"org={NoOrganization}&", "", StringComparison.Ordinal) }.Uri;
            }

            if (options.User is not null)
            {
                request.Headers.Authorization = InfluxServer.Credentials(options);
            }
        }, time))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var connection = new InfluxDBClientOptions(options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/'))
        {
            HttpClient = http,

            // Ours, by the clock that we are given, comes first.
            Timeout = options.RequestTimeout * 2,
        };
        if (options is { User: null, Token: { Length: > 0 } token })
        {
            connection.Token = token;
        }

        client = new InfluxDBClient(connection);
        if (isCompressing)
        {
            client.EnableGzip();
        }

        write = client.GetWriteApiAsync();
    }

    /// <summary>Sends points once.</summary>
    /// <param name="bucket">Where they are kept.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="points">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<WriteAnswer> WriteAsync(string bucket, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
    {
        var kept = InfluxAnswers.Keep();
        try
        {
            await AskAsync(
                async token =>
                {
                    await write.WriteRecordAsync(Encoding.UTF8.GetString(lines.Span), WritePrecision.Ns, bucket, options.Organization ?? NoOrganization, token);
                    return true;
                },
                cancellationToken);
        }
        catch (IOException problem)
        {
            if (kept.Answer is null)
            {
                return new WriteAnswer.Later(problem.Message, null);
            }
        }

        return kept.Answer is { } answer
            ? WriteAnswers.Read(InfluxDialect.V2, answer.Status, answer.Body, points, answer.RetryAfter)
            : new WriteAnswer.Later("no answer", null);
    }

    /// <summary>Creates a bucket that is missing; one that is there is left as it is.</summary>
    /// <param name="bucket">Its name.</param>
    /// <param name="kept">How long it keeps points; null: for ever.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It could not be created: one line.</exception>
    public async Task CreateAsync(string bucket, TimeSpan? kept, CancellationToken cancellationToken)
    {
        InfluxAnswers.Keep();
        var owners = await AskAsync(
            token => client.GetOrganizationsApi().FindOrganizationsAsync(limit: 1, org: options.Organization, cancellationToken: token), cancellationToken);
        if (owners is not [{ Id: { } owner }, ..])
        {
            throw new IOException($"{name} knows no organization{(options.Organization is { } organization ? $" {organization}" : "")}");
        }

        var rules = kept is { } time ? new List<BucketRetentionRules> { new(BucketRetentionRules.TypeEnum.Expire, (long)time.TotalSeconds) } : [];
        try
        {
            await AskAsync(token => client.GetBucketsApi().CreateBucketAsync(new PostBucketRequest(owner, bucket, retentionRules: rules), token), cancellationToken);
        }
        catch (IOException problem) when (problem.InnerException is HttpException { Status: 409 or 422 })
        {
            // It is there already.
        }
    }

    /// <summary>Whether anything answers there as InfluxDB does.</summary>
    public async Task<bool> PingAsync(CancellationToken cancellationToken)
    {
        InfluxAnswers.Keep();
        return await AskAsync(token => client.PingAsync().WaitAsync(token), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    /// <exception cref="IOException">No answer, or none of success: one line.</exception>
    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }

        // The package wraps a cancellation, too; and it reads bodies, which are anybody's, with a reader that throws exceptions of its own.
        catch (Exception problem)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw limit.IsCancellationRequested
                ? new IOException(string.Create(CultureInfo.InvariantCulture, $"no answer within {options.RequestTimeout.TotalSeconds:0.#} s"), problem)
                : problem is HttpException { Status: > 0 } refusal
                    ? new IOException(string.Create(CultureInfo.InvariantCulture, $"{name} answered with status {refusal.Status}"), problem)
                    : new IOException(Innermost(problem).Message, problem);
        }
    }

    private static Exception Innermost(Exception problem) => problem.InnerException is { } inner ? Innermost(inner) : problem;
}
