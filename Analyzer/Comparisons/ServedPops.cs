using Analyzer.Catchments;
using Analyzer.Time;

namespace Analyzer.Comparisons;

/// <summary>Who was served by which PoP in one window, packed: years of it are held against each other.</summary>
/// <remarks>Columns, one element a probe that was attributed: ids ascending, the PoP and the country as numbers into short lists.</remarks>
/// <param name="window">The window.</param>
/// <param name="pops">The codes of the PoPs, by number.</param>
/// <param name="countries">The countries (ISO 3166 alpha-2), by number; the first is empty and stands for "unknown".</param>
public sealed class ServedPops(Window window, IReadOnlyList<string> pops, IReadOnlyList<string> countries)
{
    /// <summary>The window.</summary>
    public Window Window { get; } = window;

    /// <summary>The codes of the PoPs, by number.</summary>
    public IReadOnlyList<string> Pops { get; } = pops;

    /// <summary>The countries, by number; the first stands for "unknown".</summary>
    public IReadOnlyList<string> Countries { get; } = countries;

    /// <summary>The probes, ascending by id.</summary>
    public int[] Probes { get; init; } = [];

    /// <summary>The PoP that served each, by number.</summary>
    public ushort[] PopOf { get; init; } = [];

    /// <summary>The country of each, by number.</summary>
    public ushort[] CountryOf { get; init; } = [];

    /// <summary>The AS of each; 0, which no network has (RFC 7607): unknown.</summary>
    public uint[] AsnOf { get; init; } = [];

    /// <summary>How many probes were attributed.</summary>
    public int Count => Probes.Length;

    /// <summary>Packs a catchment.</summary>
    public static ServedPops Of(Catchment catchment)
    {
        ArgumentNullException.ThrowIfNull(catchment);
        var served = catchment.Probes.Where(probe => probe.Pop is not null).OrderBy(probe => probe.Id).ToList();
        var (pops, countries) = (new Numbers(), new Numbers());
        countries.Of("");
        return new ServedPops(catchment.Window, pops.Names, countries.Names)
        {
            Probes = [.. served.Select(probe => probe.Id)],
            PopOf = [.. served.Select(probe => pops.Of(probe.Pop!.Code))],
            CountryOf = [.. served.Select(probe => countries.Of(probe.Country ?? ""))],
            AsnOf = [.. served.Select(probe => probe.Asn ?? 0)],
        };
    }

    private sealed class Numbers
    {
        private readonly Dictionary<string, ushort> numbers = new(StringComparer.OrdinalIgnoreCase);

        public List<string> Names { get; } = [];

        public ushort Of(string name)
        {
            if (!numbers.TryGetValue(name, out var number))
            {
                numbers[name] = number = checked((ushort)Names.Count);
                Names.Add(name);
            }

            return number;
        }
    }
}
