namespace Analyzer.Hours;

/// <summary>The PoP that most probes of a country or an AS use in one hour.</summary>
/// <param name="Scope"><c>country</c> or <c>asn</c>.</param>
/// <param name="Value">Which one: <c>NL</c>, <c>AS64500</c>.</param>
/// <param name="Pop">The PoP's code.</param>
/// <param name="Share">Its probes ÷ <paramref name="Probes"/>.</param>
/// <param name="Probes">Probes there that reached a PoP.</param>
/// <param name="Since">The first hour since which it was never another one, in hours since 1970, as far back as was read.</param>
public readonly record struct Leader(string Scope, string Value, string Pop, double Share, int Probes, long Since);

/// <summary>Follows hour by hour which PoP leads in each country and AS, and since when.</summary>
/// <remarks>Of equals the former leader stays: where two PoPs share a country half and half, nothing changes from hour to hour.</remarks>
public sealed class Leaders
{
    /// <summary>The scope of a country.</summary>
    public const string Country = "country";

    /// <summary>The scope of an AS.</summary>
    public const string Asn = "asn";

    private readonly Dictionary<(string Scope, string Value), (string Pop, long Since)> held;

    /// <summary>Begins without a past.</summary>
    public Leaders()
        : this([])
    {
    }

    private Leaders(Dictionary<(string Scope, string Value), (string Pop, long Since)> held) => this.held = held;

    /// <summary>Who leads where, and since which hour.</summary>
    public IReadOnlyDictionary<(string Scope, string Value), (string Pop, long Since)> Held => held;

    /// <summary>A copy that goes on for itself.</summary>
    public Leaders Copy() => new(new(held));

    /// <summary>Sets who leads somewhere.</summary>
    public void Set(string scope, string value, string pop, long since) => held[(scope, value)] = (pop, since);

    /// <summary>Goes on to an hour, later than those before.</summary>
    /// <returns>Who leads in it, countries before ASes, ascending by name; nothing of where no probe reached a PoP.</returns>
    public IReadOnlyList<Leader> Advance(HourRollup rollup)
    {
        ArgumentNullException.ThrowIfNull(rollup);
        return
        [
            .. Advance(Country, rollup.Countries, rollup.Hour),
            .. Advance(Asn, rollup.Asns.Where(row => row.Part != HourRollup.OtherAsns), rollup.Hour),
        ];
    }

    private IEnumerable<Leader> Advance(string scope, IEnumerable<RollupRow> rows, long hour)
    {
        foreach (var part in rows.Where(row => row.Share is not null).GroupBy(row => row.Part!).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var former = held.GetValueOrDefault((scope, part.Key));
            var first = part.OrderByDescending(row => row.Probes).ThenByDescending(row => row.Pop == former.Pop).ThenBy(row => row.Pop, StringComparer.Ordinal).First();
            var since = first.Pop == former.Pop ? former.Since : hour;
            held[(scope, part.Key)] = (first.Pop, since);
            yield return new Leader(scope, part.Key, first.Pop, first.Share!.Value, part.Sum(row => row.Probes), since);
        }
    }
}
