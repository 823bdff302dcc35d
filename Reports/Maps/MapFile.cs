namespace Reports.Maps;

/// <summary>One drawn map.</summary>
/// <param name="Kind"><c>catchment</c>, <c>dominant</c>, <c>change</c>, <c>before-after</c>, <c>detours</c>, <c>black-holes</c> or <c>rtt</c>.</param>
/// <param name="Title">Its caption.</param>
/// <param name="Pop">The PoP it is about; null: all.</param>
/// <param name="Png">Path from the report's folder.</param>
/// <param name="Svg">Path from the report's folder.</param>
public sealed record MapFile(string Kind, string Title, string? Pop, string Png, string Svg);
