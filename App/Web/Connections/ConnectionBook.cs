namespace App.Web.Connections;

/// <summary>Who is connected, and who has to go when too many are. Nobody is kept out: the connection that has waited longest for its
/// request makes room. Pure but for being told; safe for many threads.</summary>
/// <remarks>
/// A limit that keeps newcomers out lets whoever holds connections open shut out everybody else, the supervisor on the same machine first.
/// So the newcomer is let in, and one of those goes that has no request under way: of the client that is over its own limit, or, when all
/// together are too many, of the client that has the most. Who is slow with headers or body has no request under way yet.
/// </remarks>
/// <param name="perClient">Connections that one client may have.</param>
/// <param name="total">Connections that all clients together may have.</param>
internal sealed class ConnectionBook(int perClient, int total)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedList<Entry>> clients = [];
    private int count;

    /// <summary>How many are connected.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return count;
            }
        }
    }

    /// <summary>Notes a connection.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="end">Ends it. Called at most once, when it has to make room.</param>
    /// <param name="ended">What has to make room: ended by the caller.</param>
    public Entry Add(string client, Action end, out Entry? ended)
    {
        lock (gate)
        {
            if (!clients.TryGetValue(client, out var own))
            {
                clients[client] = own = new LinkedList<Entry>();
            }

            var entry = new Entry(this, client, end);
            own.AddLast(entry.Node);
            count++;
            ended = own.Count > perClient ? Longest(own, entry)
                : count > total ? Longest(clients.Values.MaxBy(list => list.Count)!, entry)
                : null;
            if (ended is not null)
            {
                Take(ended);
            }

            return entry;
        }
    }

    // The newest stays, whatever the others do: health is asked for by it.
    private static Entry? Longest(LinkedList<Entry> list, Entry newest) =>
        list.FirstOrDefault(entry => !entry.IsBusy && entry != newest) ?? list.FirstOrDefault(entry => entry != newest);

    private void Take(Entry entry)
    {
        if (entry.Node.List is { } list)
        {
            list.Remove(entry.Node);
            count--;
            if (list.Count == 0)
            {
                clients.Remove(entry.Client);
            }
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class Entry : IDisposable
    {
        private readonly ConnectionBook book;
        private readonly Action end;
        private int requests;

        internal Entry(ConnectionBook book, string client, Action end)
        {
            this.book = book;
            this.end = end;
            Client = client;
            Node = new LinkedListNode<Entry>(this);
        }

        /// <summary>Whose it is.</summary>
        public string Client { get; }

        /// <summary>Whether a request of it is being answered.</summary>
        public bool IsBusy => Volatile.Read(ref requests) > 0;

        internal LinkedListNode<Entry> Node { get; }

        /// <summary>A request has come in whole.</summary>
        public void Begin() => Interlocked.Increment(ref requests);

        /// <summary>It is answered: whoever was answered last is the last to go.</summary>
        public void End()
        {
            if (Interlocked.Decrement(ref requests) == 0)
            {
                lock (book.gate)
                {
                    if (Node.List is { } list)
                    {
                        list.Remove(Node);
                        list.AddLast(Node);
                    }
                }
            }
        }

        /// <summary>Ends the connection.</summary>
        public void Abort() => end();

        /// <summary>The connection is over.</summary>
        public void Dispose()
        {
            lock (book.gate)
            {
                book.Take(this);
            }
        }
    }
}
