using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Analyzer.Identities;
using Analyzer.Time;
using Reports.Places;
using Reports.Words;

namespace Reports.Catchments;

/// <summary>A catchment as JSON: the members of the contract first, in its order, then further ones. What is unknown is absent.</summary>
internal static class CatchmentJson
{
    /// <summary>One object, on one line.</summary>
    public static string Write(CatchmentTable table, Comparison? comparison) => Line(json => Write(json, table, comparison));

    /// <summary>The object into a writer, for answers over HTTP.</summary>
    public static void Write(Utf8JsonWriter json, CatchmentTable table, Comparison? comparison)
    {
        var catchment = table.Catchment;
        json.WriteStartObject();
        WriteHead(json, catchment);
        json.WriteStartObject("probes");
        json.WriteNumber("asked", catchment.Asked);
        json.WriteNumber("answered", catchment.Answered);
        json.WriteNumber("attributed", catchment.Attributed);
        json.WriteEndObject();
        json.WriteStartArray("rows");
        foreach (var row in table.Rows)
        {
            json.WriteStartObject();
            WriteRow(json, table, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (comparison is not null)
        {
            WriteComparison(json, comparison);
        }

        json.WriteString("by", NameOf(table.By));
        json.WriteNumber("from", catchment.Window.FromUnixSeconds);
        json.WriteNumber("to", catchment.Window.ToUnixSeconds);
        json.WriteNumber("greenBelowMs", catchment.Target.GreenBelowMs);
        json.WriteNumber("couldNotAsk", catchment.CouldNotAsk);
        WriteRttSource(
            json,
            catchment.Probes.Count(probe => probe is { Pop: not null, RttSource: RttSource.Ping }),
            catchment.Probes.Count(probe => probe is { Pop: not null, RttSource: RttSource.Dns }));
        WriteOptional(json, "effectiveSampleSize", table.EffectiveSampleSize, Rounded.SampleSize);
        json.WriteString("weightedBy", table.WeightedBy);
        json.WriteNumber("loadBalanced", catchment.Probes.Count(probe => probe.IsLoadBalanced));
        json.WriteNumber("misplaced", catchment.Probes.Count(probe => probe.IsMisplaced));
        WritePlaces(json, ProbePlaces.Of(catchment));
        json.WriteStartArray("emptyPops");
        foreach (var pop in table.EmptyPops)
        {
            json.WriteStringValue(pop);
        }

        json.WriteEndArray();
        WriteClasses(json, catchment);
        WriteUnknown(json, catchment);
        json.WriteEndObject();
    }

    /// <summary>One line a row, each with target, family and week in front; the comparison, if any, on a line of its own at the end.</summary>
    public static IEnumerable<string> WriteLines(CatchmentTable table, Comparison? comparison)
    {
        foreach (var row in table.Rows)
        {
            yield return Line(json =>
            {
                json.WriteStartObject();
                WriteHead(json, table.Catchment);
                WriteRow(json, table, row);
                json.WriteEndObject();
            });
        }

        if (comparison is not null)
        {
            yield return Line(json =>
            {
                json.WriteStartObject();
                WriteHead(json, table.Catchment);
                WriteComparison(json, comparison);
                json.WriteEndObject();
            });
        }
    }

    /// <summary>The word for a kind of row, as <c>--by</c> has it.</summary>
    public static string NameOf(CatchmentKey by) => by.ToString().ToLowerInvariant();

    /// <summary>The word for a verdict.</summary>
    public static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Clear => "clear",
        Verdict.Contested => "contested",
        _ => "too-few",
    };

    private static void WriteHead(Utf8JsonWriter json, Catchment catchment)
    {
        json.WriteString("target", catchment.Target.Name);
        json.WriteNumber("family", catchment.Family);
        WriteWeek(json, catchment.Window);
    }

    private static void WriteWeek(Utf8JsonWriter json, Window window)
    {
        if (window.Week is { } week)
        {
            json.WriteString("week", week.ToString());
        }
    }

    private static void WriteRow(Utf8JsonWriter json, CatchmentTable table, CatchmentRow row)
    {
        json.WriteString("key", row.Key);
        json.WriteNumber("probes", row.Probes);
        WriteOptional(json, "share", row.Share, Rounded.Share);
        WriteOptional(json, "weightedShare", row.WeightedShare, Rounded.Share);
        if (row.RttMs is { } rtt)
        {
            json.WriteStartObject("rttMs");
            json.WriteNumber("p10", Rounded.Milliseconds(rtt.P10));
            json.WriteNumber("p50", Rounded.Milliseconds(rtt.P50));
            json.WriteNumber("p90", Rounded.Milliseconds(rtt.P90));
            json.WriteEndObject();
        }

        json.WriteNumber("green", row.Green);
        json.WriteNumber("red", row.Red);
        json.WriteNumber("silent", row.Silent);
        WriteOptional(json, "lossPercent", row.LossPercent, Rounded.Percent);
        if (row.Probe is { } probe)
        {
            WriteProbe(json, probe);
            return;
        }

        if (row.Dominant is { } dominant)
        {
            json.WriteStartObject("dominant");
            json.WriteString("pop", dominant.Pop);
            json.WriteNumber("share", Rounded.Share(dominant.Share));
            json.WriteNumber("low", Rounded.Share(dominant.Interval.Low));
            json.WriteNumber("high", Rounded.Share(dominant.Interval.High));
            json.WriteString("verdict", NameOf(dominant.Verdict));
            json.WriteEndObject();
        }
        else if (table.By is CatchmentKey.Country or CatchmentKey.Continent or CatchmentKey.Asn)
        {
            // Nothing attributed: no PoP and no share, but a verdict there is.
            json.WriteStartObject("dominant");
            json.WriteString("verdict", NameOf(Verdict.TooFew));
            json.WriteEndObject();
        }

        WriteOptional(json, "asName", row.AsName);
        json.WriteNumber("asked", row.Asked);
        json.WriteNumber("answered", row.Answered);
        WriteRttSource(json, row.RttFromPing, row.RttFromDns);
        WriteOptional(json, "effectiveSampleSize", row.EffectiveSampleSize, Rounded.SampleSize);
        json.WriteNumber("loadBalanced", row.LoadBalanced);
        json.WriteStartObject("confidence");
        foreach (var confidence in new[] { Confidence.Confirmed, Confidence.Single, Confidence.Guessed })
        {
            json.WriteNumber(NameOf(confidence), row.Confidences.GetValueOrDefault(confidence));
        }

        json.WriteEndObject();
    }

    /// <summary>Whose word the probes' places are; absent where no GeoIP database was asked.</summary>
    private static void WritePlaces(Utf8JsonWriter json, ProbePlaces places)
    {
        if (places.IsAsked)
        {
            json.WriteStartObject("places");
            json.WriteNumber("atlas", places.Atlas);
            json.WriteNumber("geoip", places.GeoIp);
            json.WriteNumber("unplaced", places.Unplaced);
            json.WriteNumber("disagree", places.Disagree);
            json.WriteEndObject();
        }
    }

    private static void WriteProbe(Utf8JsonWriter json, ProbeCatchment probe)
    {
        WriteOptional(json, "pop", probe.Pop?.Code);
        WriteOptional(json, "country", probe.Country);
        if (probe.Asn is { } asn)
        {
            json.WriteNumber("asn", asn);
        }

        WriteOptional(json, "distanceKm", probe.DistanceKm, Rounded.Kilometres);
        WriteOptional(json, "nearestPop", probe.Nearest?.Code);
        WriteOptional(json, "nearestKm", probe.NearestKm, Rounded.Kilometres);
        WriteOptional(json, "extraKm", probe.ExtraKm, Rounded.Kilometres);

        var inflation = probe.Inflation();
        WriteOptional(json, "extraMs", inflation.GeographicMs, Rounded.Milliseconds);
        WriteOptional(json, "latencyInflationMs", inflation.LatencyMs, Rounded.Milliseconds);
        WriteOptional(json, "bestRtt", inflation.Best?.ToString().ToLowerInvariant());
        json.WriteString("state", probe.Answered ? probe.Pop is null ? "answered" : "attributed" : "silent");
        WriteOptional(json, "server", probe.Server);
        WriteOptional(json, "confidence", probe.Confidence is { } confidence ? NameOf(confidence) : null);
        WriteOptional(json, "rttSource", probe.RttSource?.ToString().ToLowerInvariant());
        WriteOptional(json, "formerPop", probe.FormerPop?.Code);
        WriteOptional(json, "asName", probe.AsName);
        WriteOptional(json, "placeFrom", PlacesText.NameOf(probe.PositionFrom));
        WriteOptional(json, "countryFrom", PlacesText.NameOf(probe.CountryFrom));
        WriteOptional(json, "asnFrom", PlacesText.NameOf(probe.AsnFrom));
        if (probe.Disagreement is { } disagreement)
        {
            DisagreementReport.Write(json, disagreement);
        }

        json.WriteBoolean("loadBalanced", probe.IsLoadBalanced);
        json.WriteBoolean("misplaced", probe.IsMisplaced);
        json.WriteStartArray("pops");
        foreach (var pop in probe.Pops)
        {
            json.WriteStartObject();
            json.WriteString("pop", pop.Pop.Code);
            json.WriteNumber("rounds", pop.Rounds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("flips");
        foreach (var flip in probe.Flips)
        {
            json.WriteStartObject();
            json.WriteNumber("at", flip.At);
            json.WriteString("from", flip.From);
            json.WriteString("to", flip.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("dnsAsked", probe.DnsAsked);
        json.WriteNumber("dnsAnswered", probe.DnsAnswered);
        json.WriteNumber("pingsAsked", probe.PingsAsked);
        json.WriteNumber("pingsAnswered", probe.PingsAnswered);
        WriteRounds(json, "rounds", probe.Classes);
    }

    private static void WriteComparison(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartObject("compare");
        WriteWeek(json, comparison.Before.Window);
        json.WriteNumber("panel", comparison.Panel);
        WriteOptional(json, "similarity", comparison.Similarity, Rounded.Share);
        json.WriteNumber("flips", comparison.Flips);
        json.WriteStartArray("flows");
        foreach (var flow in comparison.Flows)
        {
            json.WriteStartObject();
            json.WriteString("from", flow.From);
            json.WriteString("to", flow.To);
            json.WriteNumber("probes", flow.Probes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("changed");
        foreach (var change in comparison.Changed)
        {
            json.WriteStartObject();
            json.WriteString("country", change.Country);
            json.WriteString("from", change.From);
            json.WriteString("to", change.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("stayed");
        foreach (var (pop, probes) in comparison.Stayed)
        {
            json.WriteNumber(pop, probes);
        }

        json.WriteEndObject();
        json.WriteNumber("loadBalanced", comparison.LoadBalanced);
        json.WriteNumber("unsettled", comparison.Unsettled);
        json.WriteNumber("from", comparison.Before.Window.FromUnixSeconds);
        json.WriteNumber("to", comparison.Before.Window.ToUnixSeconds);
        json.WriteEndObject();
    }

    private static void WriteClasses(Utf8JsonWriter json, Catchment catchment)
    {
        int Probes(Func<ClassRounds, int> rounds) => catchment.Probes.Count(probe => rounds(probe.Classes) > 0);
        json.WriteStartObject("classes");
        WriteRounds(json, "rounds", catchment.Classes);
        WriteRounds(json, "probes", new ClassRounds
        {
            Pop = Probes(rounds => rounds.Pop),
            Interceptor = Probes(rounds => rounds.Interceptor),
            Unknown = Probes(rounds => rounds.Unknown),
            Conflict = Probes(rounds => rounds.Conflict),
            Impossible = Probes(rounds => rounds.Impossible),
            Nameless = Probes(rounds => rounds.Nameless),
        });
        json.WriteEndObject();
    }

    private static void WriteRounds(Utf8JsonWriter json, string name, ClassRounds rounds)
    {
        json.WriteStartObject(name);
        json.WriteNumber("pop", rounds.Pop);
        json.WriteNumber("interceptor", rounds.Interceptor);
        json.WriteNumber("unknown", rounds.Unknown);
        json.WriteNumber("conflict", rounds.Conflict);
        json.WriteNumber("impossible", rounds.Impossible);
        json.WriteNumber("nameless", rounds.Nameless);
        json.WriteEndObject();
    }

    private static void WriteUnknown(Utf8JsonWriter json, Catchment catchment)
    {
        json.WriteNumber("unknownIdentityCount", catchment.UnknownIdentityCount);
        json.WriteStartArray("unknownIdentities");
        foreach (var identity in catchment.UnknownIdentities)
        {
            json.WriteStartObject();
            json.WriteString("identity", identity.Identity);
            json.WriteString("source", identity.Source);
            json.WriteNumber("rounds", identity.Rounds);
            json.WriteNumber("probes", identity.Probes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRttSource(Utf8JsonWriter json, int fromPing, int fromDns)
    {
        if (RttSourceName(fromPing, fromDns) is { } name)
        {
            json.WriteString("rttSource", name);
        }
    }

    /// <summary><c>ping</c>, <c>dns</c> or <c>mixed</c>; null when there is no time at all.</summary>
    public static string? RttSourceName(int fromPing, int fromDns) => (fromPing, fromDns) switch
    {
        (0, 0) => null,
        (_, 0) => "ping",
        (0, _) => "dns",
        _ => "mixed",
    };

    private static string NameOf(Confidence confidence) => confidence.ToString().ToLower(CultureInfo.InvariantCulture);

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value, Func<double, double> rounded)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, rounded(known));
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
