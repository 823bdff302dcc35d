using Reports.Canvas;

namespace Reports.Maps;

/// <summary>The colour and shape of each PoP: by its place in the list, so that it keeps them from map to map and week to week.</summary>
internal sealed class PopPalette
{
    // Twenty hues that stay apart on paper, on land and beside each other; neighbours in the list differ most. White rims need
    // them to be no paler than this.
    private static readonly Colour[] Colours =
    [
        .. new[]
        {
            "#2468b2", "#e4572e", "#2a9d5c", "#8e44ad", "#eba400", "#16a3b5", "#d6338a", "#84561f", "#5d6be0", "#9aa60a",
            "#0b5d54", "#f0876a", "#7a1546", "#4cb0e8", "#b71f25", "#6fae3c", "#2f2f7d", "#b389e6", "#66610a", "#ec86ac",
        }.Select(Colour.Hex),
    ];

    private static readonly MarkerShape[] Shapes = [MarkerShape.Circle, MarkerShape.Square, MarkerShape.Diamond, MarkerShape.TriangleDown];

    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    /// <summary>A palette for PoPs in their configured order; codes that come up besides them follow in alphabetical order.</summary>
    public PopPalette(IEnumerable<MapPop> pops, IEnumerable<string?> others)
    {
        foreach (var code in pops.Select(pop => pop.Code).Concat(others.OfType<string>().Order(StringComparer.Ordinal)))
        {
            places.TryAdd(code, places.Count);
        }
    }

    /// <summary>All codes in order.</summary>
    public IEnumerable<string> Codes => places.OrderBy(place => place.Value).Select(place => place.Key);

    /// <summary>Place of a PoP in the order.</summary>
    public int IndexOf(string pop) => places[pop];

    /// <summary>The PoP's colour. After twenty they come again, darker, then lighter.</summary>
    public Colour ColourOf(string pop)
    {
        var (round, place) = Math.DivRem(places[pop], Colours.Length);
        return (round % 3) switch
        {
            1 => Colours[place].Mix(new Colour(0, 0, 0), 0.55),
            2 => Colours[place].Mix(new Colour(255, 255, 255), 0.4),
            _ => Colours[place],
        };
    }

    /// <summary>The PoP's shape. Changes every ten PoPs, so that a colour that comes again, or looks like another, still tells.</summary>
    public MarkerShape ShapeOf(string pop) => Shapes[places[pop] / (Colours.Length / 2) % Shapes.Length];

    /// <summary>A marker of the PoP.</summary>
    public MarkerStyle Marker(string pop, double radius, double unit) =>
        new(ShapeOf(pop), radius, ColourOf(pop)) { Halo = MapTheme.Paper, HaloWidth = 0.8 * unit };
}
