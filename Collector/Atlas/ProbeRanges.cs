using System.Globalization;
using System.Text;

namespace Collector.Atlas;

/// <summary>Probe ids as the parameter <c>probe_ids</c> takes them: a comma list of ids and ranges.</summary>
internal static class ProbeRanges
{
    /// <summary>The shortest list: neighbours become a range, such as <c>7,1000-1004</c>.</summary>
    public static string Text(IEnumerable<int> probes)
    {
        var text = new StringBuilder();
        int? from = null;
        var to = 0;
        foreach (var id in probes.Distinct().Order())
        {
            if (from is not null && id == to + 1)
            {
                to = id;
                continue;
            }

            Append();
            from = to = id;
        }

        Append();
        return text.ToString();

        void Append()
        {
            if (from is { } first)
            {
                text.Append(text.Length > 0 ? "," : "")
                    .Append(CultureInfo.InvariantCulture, $"{first}");
                if (to > first)
                {
                    text.Append(CultureInfo.InvariantCulture, $"-{to}");
                }
            }
        }
    }
}
