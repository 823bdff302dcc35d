namespace Collector.Configuration;

/// <summary>When the service's jobs run.</summary>
public sealed record ScheduleOptions
{
}
