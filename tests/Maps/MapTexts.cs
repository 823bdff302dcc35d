using System.Xml.Linq;
using Reports.Maps;

namespace Tests.Maps;

/// <summary>What a map says, in the order it was written.</summary>
internal static class MapTexts
{
    public static List<string> Of(MapPicture picture) =>
        [.. XDocument.Parse(picture.ToSvg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    /// <summary>The text that follows another one, which must be there.</summary>
    public static string After(this List<string> texts, string text) => texts[texts.IndexOf(text) is var at and >= 0 ? at + 1 : throw new InvalidOperationException($"no text says {text}")];
}
