namespace Reports.Canvas;

/// <summary>Where a line of text starts.</summary>
internal static class TextPlacement
{
    /// <summary>The left end, for an anchor at x.</summary>
    public static double Start(double x, double width, TextAnchor anchor) => anchor switch
    {
        TextAnchor.Middle => x - (width / 2),
        TextAnchor.End => x - width,
        _ => x,
    };
}
