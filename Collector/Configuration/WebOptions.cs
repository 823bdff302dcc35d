namespace Collector.Configuration;

/// <summary>Where and to whom the service answers over HTTP.</summary>
public sealed record WebOptions
{
}
