using System.Globalization;
using Analyzer.Findings;
using Reports.Catchments;
using Reports.Words;

namespace Reports.Findings;

/// <summary>Findings as CSV (RFC 4180, but lines end with a plain line feed).</summary>
internal static class FindingCsv
{
    /// <summary>A line of names, then one line a finding.</summary>
    public static IEnumerable<string> Write(IEnumerable<Finding> findings)
    {
        yield return "check,severity,target,family,scopeKind,scopeValue,from,to,observed,expected,sampleSize,probes,message,advice,scopeName";
        foreach (var finding in findings)
        {
            yield return string.Join(
                ',',
                CatchmentCsv.Text(finding.Check),
                FindingJson.NameOf(finding.Severity),
                CatchmentCsv.Text(finding.Target),
                finding.Family?.ToString(CultureInfo.InvariantCulture),
                FindingJson.NameOf(finding.Scope.Kind),
                CatchmentCsv.Text(finding.Scope.Value),
                finding.From.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                finding.To.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                Number(finding.Observed),
                Number(finding.Expected),
                finding.SampleSize.ToString(CultureInfo.InvariantCulture),
                string.Join(' ', finding.Probes),
                CatchmentCsv.Text(finding.Message),
                CatchmentCsv.Text(finding.Advice),
                CatchmentCsv.Text(finding.Scope.Name));
        }
    }

    private static string Number(double? value) => value is { } known ? Rounded.Observed(known).ToString(CultureInfo.InvariantCulture) : "";
}
