using System.Text.Json;

namespace App.Scoring;

/// <summary>The comparison of what was found with what the simulator knows: <c>score.json</c>.</summary>
internal sealed record Score(AttributionScore Attribution, IReadOnlyDictionary<string, CheckScore> Checks)
{
    private const int MistakesShown = 20;

    /// <summary>How many probes are where they are taken to be; null: nobody looked.</summary>
    public PlacementScore? Placement { get; init; }

    /// <summary>Writes it as one JSON object, indented for people.</summary>
    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("attribution");
        WriteShare(json, "accuracy", Attribution.Accuracy);
        json.WriteNumber("attributed", Attribution.Attributed);
        json.WriteNumber("observations", Attribution.Observations);
        json.WriteStartArray("mistakes");
        foreach (var (truth, said, count) in Attribution.Mistakes.Take(MistakesShown))
        {
            json.WriteStartObject();
            json.WriteString("truth", truth);
            json.WriteString("said", said);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("checks");
        foreach (var (name, score) in Checks)
        {
            json.WriteStartObject(name);
            WriteShare(json, "precision", score.Precision);
            WriteShare(json, "recall", score.Recall);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (Placement is { } placement)
        {
            json.WriteStartObject("placement");
            WriteShare(json, "accuracy", placement.Accuracy);
            json.WriteNumber("probes", placement.Probes);
            json.WriteNumber("placed", placement.Placed);
            json.WriteNumber("right", placement.Right);
            json.WriteNumber("byGeoIp", placement.ByGeoIp);
            json.WriteNumber("rightByGeoIp", placement.RightByGeoIp);
            json.WriteNumber("unplaced", placement.Unplaced);
            json.WriteNumber("disagree", placement.Disagree);
            json.WriteNumber("rightlyDoubted", placement.RightlyDoubted);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Absent means unknown, never 0.</summary>
    private static void WriteShare(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } share)
        {
            json.WriteNumber(name, Math.Round(share, 6));
        }
    }
}
