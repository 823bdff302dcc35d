using Reports.Canvas;

namespace Reports.Maps;

/// <summary>The colours of the maps: a quiet ground, so that the data is what one sees.</summary>
internal static class MapTheme
{
    public static readonly Colour Paper = Colour.Hex("#ffffff");
    public static readonly Colour Ocean = Colour.Hex("#e6edf3");
    public static readonly Colour Graticule = Colour.Hex("#d5dfe8");
    public static readonly Colour Land = Colour.Hex("#fbfaf6");
    public static readonly Colour Coast = Colour.Hex("#a9b7c4");
    public static readonly Colour Border = Colour.Hex("#cdd5dc");
    public static readonly Colour Ink = Colour.Hex("#17212b");
    public static readonly Colour Muted = Colour.Hex("#566573");

    /// <summary>Below the threshold. A bluish green, told from the red by those who cannot tell green from red.</summary>
    public static readonly Colour Good = Colour.Hex("#12946d");

    /// <summary>From the threshold on.</summary>
    public static readonly Colour Bad = Colour.Hex("#d62728");

    /// <summary>Silent.</summary>
    public static readonly Colour Silent = Colour.Hex("#6b7783");

    /// <summary>The PoP itself.</summary>
    public static readonly Colour Star = Colour.Hex("#ffc400");
}
