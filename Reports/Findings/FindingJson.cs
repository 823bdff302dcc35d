using System.Text.Json;
using Analyzer.Findings;
using Reports.Words;

namespace Reports.Findings;

/// <summary>Findings as JSON, the contract of every program that reads them. What is unknown is absent.</summary>
internal static class FindingJson
{
    /// <summary>Writes them as one array.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<Finding> findings)
    {
        json.WriteStartArray();
        foreach (var finding in findings)
        {
            Write(json, finding);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("check", finding.Check);
        json.WriteString("severity", NameOf(finding.Severity));
        if (finding.Target is { } target)
        {
            json.WriteString("target", target);
        }

        if (finding.Family is { } family)
        {
            json.WriteNumber("family", family);
        }

        json.WriteStartObject("scope");
        json.WriteString("kind", NameOf(finding.Scope.Kind));
        json.WriteString("value", finding.Scope.Value);
        if (finding.Scope.Name is { } name)
        {
            json.WriteString("name", name);
        }

        json.WriteEndObject();
        json.WriteNumber("from", finding.From.ToUnixTimeSeconds());
        json.WriteNumber("to", finding.To.ToUnixTimeSeconds());
        WriteOptional(json, "observed", finding.Observed);
        WriteOptional(json, "expected", finding.Expected);
        json.WriteNumber("sampleSize", finding.SampleSize);
        json.WriteStartArray("probes");
        foreach (var probe in finding.Probes)
        {
            json.WriteNumberValue(probe);
        }

        json.WriteEndArray();
        json.WriteString("message", finding.Message);
        json.WriteString("advice", finding.Advice);
        json.WriteEndObject();
    }

    /// <summary>The word for a severity.</summary>
    public static string NameOf(Severity severity) => severity.ToString().ToLowerInvariant();

    /// <summary>The word for a kind of scope.</summary>
    public static string NameOf(ScopeKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Writes a number, unless it is unknown.</summary>
    public static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, Rounded.Observed(known));
        }
    }
}
