using System.Net.Http.Headers;
using Collector.Configuration;

namespace Collector.Atlas;

/// <summary>How we introduce ourselves to Atlas.</summary>
internal static class AtlasAgent
{
    /// <summary>Program and version, and how to reach the operator where that is configured.</summary>
    public static ProductInfoHeaderValue[] Of(AtlasOptions options)
    {
        var version = typeof(AtlasAgent).Assembly.GetName().Version?.ToString(3) ?? "0";
        return options.Contact is { } contact
            ? [new("anycast-measurement", version), new($"({contact})")]
            : [new("anycast-measurement", version)];
    }
}
