using System.Net.Http.Headers;
using Collector.Configuration;

namespace Collector.Atlas;

/// <summary>How we introduce ourselves to Atlas: as which program, and with which key.</summary>
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

    /// <summary>The configured key as it is sent; null: there is none.</summary>
    /// <exception cref="ConfigurationException">It holds what no header may hold.</exception>
    public static string? Key(AtlasOptions options)
    {
        var trimmed = options.Key?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null
            : trimmed.All(letter => letter is > ' ' and < '\u007F') ? trimmed
            : throw new ConfigurationException("Atlas:Key holds white space or characters beyond ASCII; allowed: the key as Atlas shows it");
    }
}
