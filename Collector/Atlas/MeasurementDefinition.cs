using System.Globalization;
using System.Net;
using System.Text.Json;
using Collector.Results;

namespace Collector.Atlas;

/// <summary>What we ask Atlas to measure.</summary>
/// <param name="Target">The address asked; its kind decides the family.</param>
/// <param name="Description">One line for people; Atlas wants it not empty.</param>
/// <param name="Interval">Time between two rounds; whole seconds; null: once only.</param>
public abstract record MeasurementDefinition(IPAddress Target, string Description, TimeSpan? Interval)
{
    /// <summary>4 or 6.</summary>
    public int Family => Target.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 6 : 4;

    /// <summary>DNS or ping.</summary>
    public abstract MeasurementKind Kind { get; }

    /// <summary>Slugs by which we find it again.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Time over which the probes of one round are spread; null: Atlas' choice, half the interval up to 400 s.</summary>
    public TimeSpan? Spread { get; init; }

    /// <summary>Whether everyone may read the results. Atlas lets it become true later, never false again.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Credits that Atlas takes for one result; twice that for one-offs.</summary>
    public abstract int CreditsPerResult { get; }

    /// <summary>Writes it as an element of <c>definitions</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("type", Kind == MeasurementKind.Ping ? "ping" : "dns");
        json.WriteNumber("af", Family);
        json.WriteString("target", Target.ToString());
        json.WriteString("description", Description);
        if (Interval is { } interval)
        {
            json.WriteNumber("interval", (int)interval.TotalSeconds);
        }

        if (Spread is { } spread)
        {
            json.WriteNumber("spread", (int)spread.TotalSeconds);
        }

        json.WriteBoolean("is_public", IsPublic);
        json.WriteBoolean("resolve_on_probe", false);
        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        WriteOwn(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the fields of its kind.</summary>
    protected abstract void WriteOwn(Utf8JsonWriter json);
}

/// <summary>A CHAOS TXT query that asks the server who it is, with NSID in the same packet: a second, independent name at no
/// extra cost, and often the only one where CHAOS is switched off.</summary>
/// <param name="Target">The address asked.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Interval">Time between two rounds; null: once only.</param>
/// <param name="Query"><c>id.server</c> (RFC 4892), <c>hostname.bind</c>, <c>version.bind</c> or <c>version.server</c>.</param>
public sealed record ChaosDefinition(IPAddress Target, string Description, TimeSpan? Interval, string Query = "id.server")
    : MeasurementDefinition(Target, Description, Interval)
{
    /// <inheritdoc/>
    public override MeasurementKind Kind => MeasurementKind.Dns;

    /// <summary>A DNS query over UDP.</summary>
    public override int CreditsPerResult => 10;

    /// <inheritdoc/>
    protected override void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteString("query_class", "CHAOS");
        json.WriteString("query_type", "TXT");
        json.WriteString("query_argument", Query);
        json.WriteString("protocol", "UDP");

        // The size that does not fragment (DNS flag day 2020); it also makes the probe send EDNS, which NSID needs.
        json.WriteNumber("udp_payload_size", 1232);
        json.WriteBoolean("set_nsid_bit", true);
        json.WriteNumber("retry", 0);

        // Documentation and schema disagree on these defaults. Without abuf there is no NSID and no RCODE.
        json.WriteBoolean("include_abuf", true);
        json.WriteBoolean("include_qbuf", false);
        json.WriteBoolean("use_probe_resolver", false);

        // Both would change the name that is asked.
        json.WriteBoolean("prepend_probe_id", false);
        json.WriteBoolean("use_macros", false);
    }
}

/// <summary>ICMP echo requests.</summary>
/// <param name="Target">The address asked.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Interval">Time between two rounds; null: once only.</param>
/// <param name="Packets">Packets a round, 1 to 16.</param>
/// <param name="Size">Octets of payload, 1 to 2,048.</param>
public sealed record PingDefinition(IPAddress Target, string Description, TimeSpan? Interval, int Packets = 3, int Size = 48)
    : MeasurementDefinition(Target, Description, Interval)
{
    /// <inheritdoc/>
    public override MeasurementKind Kind => MeasurementKind.Ping;

    /// <summary>N × (⌊S / 1500⌋ + 1) for N packets of S octets.</summary>
    public override int CreditsPerResult => Packets * ((Size / 1500) + 1);

    /// <inheritdoc/>
    protected override void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteNumber("packets", Packets);
        json.WriteNumber("size", Size);
    }
}

/// <summary>Probes to take part; several sets add up.</summary>
/// <param name="Type"><c>probes</c>, <c>countries</c>, <c>region</c>, <c>asn</c>, <c>prefix</c> or <c>msm</c>.</param>
/// <param name="Value">What of it.</param>
/// <param name="Requested">How many probes.</param>
public sealed record ProbeSet(string Type, string Value, int Requested)
{
    /// <summary>Only probes with all of these tags.</summary>
    public IReadOnlyList<string> IncludeTags { get; init; } = [];

    /// <summary>No probes with any of these tags.</summary>
    public IReadOnlyList<string> ExcludeTags { get; init; } = [];

    /// <summary>Exactly these probes.</summary>
    public static ProbeSet Of(IReadOnlyCollection<int> probes)
    {
        ArgumentNullException.ThrowIfNull(probes);
        return new ProbeSet("probes", string.Join(',', probes.Select(id => id.ToString(CultureInfo.InvariantCulture))), probes.Count);
    }

    /// <summary>Writes it as an element of <c>probes</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        WriteFields(json);
        if (IncludeTags.Count > 0 || ExcludeTags.Count > 0)
        {
            json.WriteStartObject("tags");
            WriteTags(json, "include", IncludeTags);
            WriteTags(json, "exclude", ExcludeTags);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes it as a participation request. Tags are left out: clients disagree on where they would go.</summary>
    internal void WriteRequest(Utf8JsonWriter json, string action)
    {
        json.WriteStartObject();
        json.WriteString("action", action);
        WriteFields(json);
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, string name, IReadOnlyList<string> tags)
    {
        json.WriteStartArray(name);
        foreach (var tag in tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
    }

    private void WriteFields(Utf8JsonWriter json)
    {
        json.WriteString("type", Type);
        json.WriteString("value", Value);
        json.WriteNumber("requested", Requested);
    }
}

/// <summary>Measurements to create together. Definitions of one request share their probes and the times they ask.</summary>
/// <param name="Definitions">At least one.</param>
/// <param name="Probes">At least one.</param>
public sealed record CreationRequest(IReadOnlyList<MeasurementDefinition> Definitions, IReadOnlyList<ProbeSet> Probes)
{
    /// <summary>When to begin; null: now.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When to end; null: when stopped.</summary>
    public DateTimeOffset? Stop { get; init; }

    /// <summary>The account that pays, by e-mail address; null: the key's.</summary>
    public string? BillTo { get; init; }

    /// <summary>The body of the request, UTF-8.</summary>
    public byte[] ToJson()
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("definitions");
            foreach (var definition in Definitions)
            {
                definition.Write(json);
            }

            json.WriteEndArray();
            json.WriteStartArray("probes");
            foreach (var set in Probes)
            {
                set.Write(json);
            }

            json.WriteEndArray();
            json.WriteBoolean("is_oneoff", Definitions.All(definition => definition.Interval is null));
            if (Start is { } start)
            {
                json.WriteNumber("start_time", start.ToUnixTimeSeconds());
            }

            if (Stop is { } stop)
            {
                json.WriteNumber("stop_time", stop.ToUnixTimeSeconds());
            }

            if (BillTo is not null)
            {
                json.WriteString("bill_to", BillTo);
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
