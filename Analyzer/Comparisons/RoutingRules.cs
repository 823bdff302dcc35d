using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Collector.Network;

namespace Analyzer.Comparisons;

/// <summary>A number for what decides which PoP an answer came from: another number, another attribution of all history.</summary>
internal static class RoutingRules
{
    /// <summary>The number for a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="templates">The operator's host templates.</param>
    /// <param name="places">Says which databases place the probes; empty: none.</param>
    public static ulong Of(Target target, IReadOnlyList<string> templates, string places)
    {
        var text = new StringBuilder();
        void Add(params object?[] parts)
        {
            foreach (var part in parts)
            {
                // With its length in front, no two lists of parts read the same.
                var word = part is DateTimeOffset at ? at.UtcTicks.ToString(CultureInfo.InvariantCulture) : Convert.ToString(part, CultureInfo.InvariantCulture) ?? "";
                text.Append(CultureInfo.InvariantCulture, $"{word.Length}:{word};");
            }
        }

        // Rules that come with the program change with the program.
        Add(typeof(RoutingRules).Module.ModuleVersionId, typeof(Target).Module.ModuleVersionId, target.Preset, target.DnsInterval, target.Identity.Count);
        Add([.. target.Identity]);
        Add([.. templates]);
        if (places.Length > 0)
        {
            Add(places);
        }

        foreach (var pop in target.Pops)
        {
            Add(pop.Code, pop.Country, pop.City, pop.Position.LatitudeDegrees, pop.Position.LongitudeDegrees, pop.Since, pop.Until, pop.Identities.Count);
            foreach (var identity in pop.Identities)
            {
                Add(identity.Pattern, identity.Source, identity.ValidFrom, identity.ValidTo);
            }
        }

        return BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
