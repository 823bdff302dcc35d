using Collector.Configuration;

namespace App.Web.Access;

/// <summary>How often a client has tried to log in with a wrong key. Safe for many threads.</summary>
internal sealed class LoginTries(WebOptions options, TimeProvider time)
{
    // A key made as we say cannot be guessed: the limit is for the others, and need not outlast somebody who has thousands of addresses.
    private const int MostClients = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Tries, DateTimeOffset Until)> clients = [];

    /// <summary>Counts one try, before it is known whether the key is right, so that many at once are counted too.</summary>
    /// <param name="client">Who tries.</param>
    /// <returns>How long the client has to wait; null: it may try.</returns>
    public TimeSpan? Begin(string client)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var (tries, until) = clients.GetValueOrDefault(client);

            // A clock that was set back locks nobody out for longer than it was said.
            if (until <= now || until > now + options.LoginPause)
            {
                (tries, until) = (0, now + options.LoginPause);
            }

            if (tries >= options.LoginTries)
            {
                return until - now;
            }

            if (clients.Count >= MostClients && !clients.ContainsKey(client))
            {
                clients.Remove(clients.MinBy(pair => pair.Value.Until).Key);
            }

            clients[client] = (tries + 1, until);
            return null;
        }
    }

    /// <summary>Forgets a client whose key was right.</summary>
    public void Forget(string client)
    {
        lock (gate)
        {
            clients.Remove(client);
        }
    }
}
