using System.Reflection;

namespace Reports.Weekly;

/// <summary>The page's one style sheet and one script, inlined so that a report needs nothing but its own folder.</summary>
internal static class ReportAssets
{
    /// <summary>The style sheet.</summary>
    public static readonly string Style = Read("Reports.Weekly.report.css");

    /// <summary>Makes tables sortable by a click on a heading; the page reads whole without it.</summary>
    public static readonly string Script = Read("Reports.Weekly.report.js");

    /// <summary>An embedded text, by its whole name; from this assembly unless another one is named.</summary>
    public static string Read(string name, Assembly? assembly = null)
    {
        using var stream = (assembly ?? typeof(ReportAssets).Assembly).GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Trim();
    }
}
