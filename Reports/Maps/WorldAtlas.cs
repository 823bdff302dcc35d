using Reports.Canvas;

namespace Reports.Maps;

/// <summary>A country's outline: rings of shared lines.</summary>
/// <param name="Code">ISO 3166-1 alpha-2; <c>--</c> for the few areas without one.</param>
/// <param name="Number">ISO 3166-1 numeric; 0 for those.</param>
/// <param name="Polygons">Each polygon's rings, the outer one first; a ring is a list of lines, ~n meaning line n backwards.</param>
internal sealed record CountryOutline(string Code, int Number, int[][][] Polygons);

/// <summary>Land and borders of the world, Natural Earth 1:50 million. See Assets/README.md.</summary>
internal sealed class WorldAtlas
{
    private static readonly Lazy<WorldAtlas> Loaded = new(() => new WorldAtlas());

    private WorldAtlas()
    {
        var reader = AssetReader.Open("Reports.Maps.Assets.world.bin", "WLD1");
        double units = reader.Varint();
        Lines = new (double, double)[reader.Varint()][];
        for (var i = 0; i < Lines.Length; i++)
        {
            var line = Lines[i] = new (double, double)[reader.Varint()];
            var (x, y) = (0, 0);
            for (var j = 0; j < line.Length; j++)
            {
                x += reader.Zigzag();
                y += reader.Zigzag();
                line[j] = (x / units, y / units);
            }
        }

        var countries = new CountryOutline[reader.Varint()];
        for (var i = 0; i < countries.Length; i++)
        {
            var code = reader.Ascii(2);
            countries[i] = new CountryOutline(code, reader.Varint(), Many(() => Many(() => Many(reader.Zigzag))));
        }

        Countries = countries;

        T[] Many<T>(Func<T> read)
        {
            var items = new T[reader.Varint()];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = read();
            }

            return items;
        }
    }

    /// <summary>The one atlas there is, read at first use.</summary>
    public static WorldAtlas Instance => Loaded.Value;

    /// <summary>Coasts and borders, each once, in degrees; a line that crosses the antimeridian runs on past 180.</summary>
    public (double Longitude, double Latitude)[][] Lines { get; }

    /// <summary>The countries by code; a code can have several entries.</summary>
    public IReadOnlyList<CountryOutline> Countries { get; }
}
