using Collector.Store;
using Tests.Servers;
using Xunit;

namespace Tests.Store;

/// <summary>The shared store: all that a store does, and what only several instances can do.</summary>
[Collection(PostgresServer.Collection)]
public sealed class PostgresStoreTests(PostgresServer server) : StoreTests(new PostgresKind(server))
{
}
