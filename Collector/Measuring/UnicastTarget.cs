using Collector.Network;

namespace Collector.Measuring;

/// <summary>The name under which pings to a PoP's unicast addresses are kept: <c>unicast/FMT</c>.</summary>
/// <remarks>It stands where a target's name stands, at Atlas and in the store, and can be none: those hold no slash. So whoever reads the
/// measurements of a target never meets them, and whoever wants them asks the store for the measurements of this name.</remarks>
public static class UnicastTarget
{
    private const string Prefix = "unicast/";

    /// <summary>The name for a PoP.</summary>
    public static string Of(Pop pop)
    {
        ArgumentNullException.ThrowIfNull(pop);
        return Prefix + string.Concat(pop.Code.Select(letter => char.IsWhiteSpace(letter) ? '_' : letter));
    }

    /// <summary>All names under which measurements of a network are kept: those of its targets, and those of its PoPs' unicast addresses.</summary>
    public static IReadOnlySet<string> AndTargets(AnycastNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Targets.Select(target => target.Name)
            .Concat(network.Pops.Where(pop => pop.Unicast.Count > 0).Select(Of))
            .ToHashSet(StringComparer.Ordinal);
    }
}
