using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Collector.Atlas;
using Collector.Measuring;
using Collector.Results;
using Reports.Words;

namespace Reports.Plans;

/// <summary>A plan for programs.</summary>
internal static class PlanJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole plan as one object.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="tag">The tag of what is ours, by which targets are found in descriptions.</param>
    public static string Write(MeasurementPlan plan, string tag)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            List(json, "create", plan.Create, planned => Wanted(json, planned));
            json.WriteStartArray("change");
            foreach (var replaced in plan.Replace)
            {
                Object(json, () => Replaced(json, replaced));
            }

            foreach (var change in plan.Change)
            {
                Object(json, () => Changed(json, change));
            }

            json.WriteEndArray();
            List(json, "stop", plan.Stop, measurement => Running(json, measurement, tag));
            json.WriteNumber("unchanged", plan.Unchanged.Count);
            List(json, "follow", plan.Follow, followed =>
            {
                json.WriteNumber("id", followed.Id);
                json.WriteString("target", followed.Target);
                json.WriteString("kind", NameOf(followed.Kind));
                json.WriteNumber("family", followed.Family);
            });
            Used(json, "totals", plan.Totals);
            Used(json, "others", plan.Others);
            Limits(json, plan);
            List(json, "coverage", plan.Coverage, coverage => Covered(json, coverage));
            json.WriteStartArray("problems");
            foreach (var problem in plan.Problems)
            {
                json.WriteStringValue(problem);
            }

            json.WriteEndArray();
            if (plan.Remedy is { } remedy)
            {
                json.WriteStartObject("fits");
                if (remedy.Count is { } count)
                {
                    json.WriteNumber("count", count);
                }

                if (remedy.Interval is { } interval)
                {
                    json.WriteNumber("intervalSeconds", (long)interval.TotalSeconds);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The word for a kind of measurement.</summary>
    public static string NameOf(MeasurementKind kind) => kind == MeasurementKind.Ping ? "ping" : "dns";

    private static void Wanted(Utf8JsonWriter json, PlannedMeasurement planned)
    {
        json.WriteString("target", planned.Target);
        json.WriteString("kind", NameOf(planned.Definition.Kind));
        json.WriteNumber("family", planned.Definition.Family);
        json.WriteString("query", planned.Query);
        json.WriteString("address", planned.Definition.Target.ToString());
        json.WriteNumber("probes", planned.Probes.Count);
        json.WriteNumber("intervalSeconds", planned.IntervalSeconds);
        json.WriteNumber("resultsPerDay", planned.ResultsPerDay);
        json.WriteNumber("creditsPerDay", planned.CreditsPerDay);
    }

    /// <summary>Another measurement in the place of one: what differs stands under <c>was</c>.</summary>
    private static void Replaced(Utf8JsonWriter json, ReplacedMeasurement replaced)
    {
        json.WriteNumber("id", replaced.Id);
        Wanted(json, replaced.Wanted);
        json.WriteNumber("replaces", replaced.Id);
        json.WriteStartObject("was");
        var running = replaced.Running;
        if (running.IntervalSeconds is { } interval && interval != replaced.Wanted.IntervalSeconds)
        {
            json.WriteNumber("intervalSeconds", interval);
        }

        if (running.TargetIp is { } address && !address.Equals(replaced.Wanted.Definition.Target))
        {
            json.WriteString("address", address.ToString());
        }

        if (running.SetNsidBit == false && replaced.Wanted.Definition.Kind == MeasurementKind.Dns)
        {
            json.WriteBoolean("nsid", false);
        }

        json.WriteEndObject();
    }

    private static void Changed(Utf8JsonWriter json, ChangedMeasurement change)
    {
        json.WriteNumber("id", change.Id);
        Wanted(json, change.Wanted);
        Ids("added", change.Add);
        Ids("removed", change.Remove);

        void Ids(string name, IReadOnlyList<int> ids)
        {
            json.WriteStartArray(name);
            foreach (var id in ids)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>What runs, as far as Atlas tells.</summary>
    private static void Running(Utf8JsonWriter json, AtlasMeasurement measurement, string tag)
    {
        json.WriteNumber("id", measurement.Id);
        json.WriteString("target", MeasurementPlanner.TargetOf(measurement, tag) ?? measurement.TargetIp?.ToString() ?? measurement.Target);
        json.WriteString("kind", measurement.Type);
        json.WriteNumber("family", measurement.Family);
        json.WriteString("query", measurement.QueryArgument);
        Number("probes", measurement.Probes?.Count ?? measurement.ParticipantCount);
        Number("intervalSeconds", measurement.IntervalSeconds);
        Number("resultsPerDay", measurement.EstimatedResultsPerDay);
        Number("creditsPerDay", measurement.EstimatedResultsPerDay * measurement.CreditsPerResult);

        void Number(string name, double? value)
        {
            if (value is { } known)
            {
                json.WriteNumber(name, known);
            }
        }
    }

    private static void Used(Utf8JsonWriter json, string name, Usage usage)
    {
        json.WriteStartObject(name);
        json.WriteNumber("measurements", usage.Running);
        json.WriteNumber("resultsPerDay", usage.ResultsPerDay);
        json.WriteNumber("creditsPerDay", usage.CreditsPerDay);
        json.WriteEndObject();
    }

    private static void Limits(Utf8JsonWriter json, MeasurementPlan plan)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("probesPerMeasurement", plan.Limits.ProbesPerMeasurement);
        json.WriteNumber("measurementsPerTarget", plan.Limits.MeasurementsPerTarget);
        json.WriteNumber("running", plan.Limits.Running);
        json.WriteNumber("resultsPerDay", plan.Limits.ResultsPerDay);
        json.WriteNumber("creditsPerDay", plan.Limits.CreditsPerDay);
        json.WriteNumber("resultsPerSecond", plan.Limits.ResultsPerSecond);
        json.WriteNumber("shortestIntervalSeconds", (long)plan.Limits.ShortestInterval.TotalSeconds);
        json.WriteEndObject();
    }

    private static void Covered(Utf8JsonWriter json, ProbeCoverage coverage)
    {
        json.WriteNumber("family", coverage.Family);
        json.WriteNumber("probes", coverage.Probes);
        Of("countries", coverage.Countries);
        Of("asns", coverage.Networks);
        json.WriteNumber("userShare", Rounded.Share(coverage.UserShare));
        List(json, "missedCountries", coverage.MissedCountries, missed =>
        {
            json.WriteString("country", missed.Country);
            json.WriteNumber("users", missed.Users);
            json.WriteNumber("probes", missed.Probes);
        });
        List(json, "missedAsns", coverage.MissedNetworks, missed =>
        {
            json.WriteNumber("asn", missed.Asn);
            if (missed.Name is { } name)
            {
                json.WriteString("name", name);
            }

            json.WriteNumber("probes", missed.Probes);
        });

        if (coverage.NotFound.Count > 0)
        {
            json.WriteStartArray("notFound");
            foreach (var text in coverage.NotFound)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        void Of(string name, CoveredOf covered)
        {
            json.WriteStartObject(name);
            json.WriteNumber("covered", covered.Covered);
            json.WriteNumber("missed", covered.Missed);
            json.WriteEndObject();
        }
    }

    private static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            Object(json, () => write(item));
        }

        json.WriteEndArray();
    }

    private static void Object(Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
    }
}
