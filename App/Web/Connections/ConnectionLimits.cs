using System.Net;
using App.Web.Access;
using Collector.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace App.Web.Connections;

/// <summary>Keeps the connections of each client, and of all together, within their limits, before anything of a request is read.</summary>
internal sealed partial class ConnectionLimits(WebOptions options, TimeProvider time, ILogger<ConnectionLimits> logger)
{
    /// <summary>Connections that all clients together may have.</summary>
    public const int Total = 1024;

    private static readonly object Key = new();
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly ConnectionBook book = new(options.ConnectionsPerClient, Total);
    private readonly Lock gate = new();
    private DateTimeOffset told = DateTimeOffset.MinValue;
    private int cut;

    /// <summary>How many are connected.</summary>
    public int Count => book.Count;

    /// <summary>One connection, from its beginning to its end.</summary>
    public async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = Client.Of((connection.RemoteEndPoint as IPEndPoint)?.Address);
        using var entry = book.Add(client, () => connection.Abort(new ConnectionAbortedException("made room for another connection")), out var ended);
        if (ended is not null)
        {
            ended.Abort();
            Tell(ended.Client);
        }

        connection.Items[Key] = entry;
        await next(connection);
    }

    /// <summary>One request, from when it has come in whole and is let in.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var item) != true || item is not ConnectionBook.Entry entry)
        {
            await next(context);
            return;
        }

        entry.Begin();
        try
        {
            await next(context);
        }
        finally
        {
            entry.End();
        }
    }

    /// <summary>One line a minute: whoever does this does it thousands of times.</summary>
    private void Tell(string client)
    {
        int many;
        lock (gate)
        {
            cut++;
            if (time.GetUtcNow() - told < Silence && time.GetUtcNow() >= told)
            {
                return;
            }

            (told, many, cut) = (time.GetUtcNow(), cut, 0);
        }

        TooMany(client, options.ConnectionsPerClient, Total, many);
    }

    [LoggerMessage(LogLevel.Warning, "Too many connections from {Client}: {PerClient} are allowed (Web:ConnectionsPerClient), {Total} for all together; those that waited longest for a request are cut, {Cut} since it was last told")]
    private partial void TooMany(string client, int perClient, int total, int cut);
}
