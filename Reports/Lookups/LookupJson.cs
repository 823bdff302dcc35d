using System.Buffers;
using System.Text;
using System.Text.Json;
using Analyzer.Lookups;
using Reports.Catchments;

namespace Reports.Lookups;

/// <summary>An answer about a place in a catchment as JSON: the members of the contract first, in its order, then further ones. What is
/// unknown is absent.</summary>
internal static class LookupJson
{
    /// <summary>One object, on one line.</summary>
    public static string Write(LookupAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, answer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The object into a writer.</summary>
    public static void Write(Utf8JsonWriter json, LookupAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("query", answer.Query);
        json.WriteString("target", answer.Target);
        json.WriteStartArray("families");
        foreach (var family in answer.Families)
        {
            Write(json, family);
        }

        json.WriteEndArray();
        json.WriteString("text", answer.Text);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LookupFamily family)
    {
        json.WriteStartObject();
        json.WriteNumber("family", family.Family);
        Optional(json, "pop", family.Pop?.Code);
        Optional(json, "share", family.Share, Rounded.Share);
        Optional(json, "since", family.Since);
        Optional(json, "rttMs", family.RttMs, Rounded.Milliseconds);
        Optional(json, "nearestPop", family.Nearest?.Code);
        Optional(json, "extraKm", family.ExtraKm, Rounded.Kilometres);
        Optional(json, "extraMs", family.ExtraMs, Rounded.Milliseconds);
        Optional(json, "lastChange", family.LastChange);
        Optional(json, "confidence", family.Confidence?.ToString().ToLowerInvariant());
        json.WriteStartArray("probes");
        foreach (var probe in family.Probes)
        {
            json.WriteNumberValue(probe);
        }

        json.WriteEndArray();
        json.WriteNumber("asked", family.Probes.Count);
        json.WriteNumber("answered", family.Answered);
        json.WriteNumber("attributed", family.Attributed);
        Optional(json, "knownFrom", family.KnownFrom);
        json.WriteStartObject("pops");
        foreach (var (pop, probes) in family.Pops)
        {
            json.WriteNumber(pop, probes);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value, Func<double, double> rounded)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, rounded(known));
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known.ToUnixTimeSeconds());
        }
    }
}
