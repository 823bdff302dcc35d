using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration;

/// <summary>Whether, where and how time series are written.</summary>
public sealed record TimeSeriesOptions
{
    /// <summary>The kind of database. Default: none.</summary>
    public TimeSeriesProvider Provider { get; init; } = TimeSeriesProvider.None;

    /// <summary>The server's address. Default: InfluxDB's own port on this machine.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:8086/");

    /// <summary>Which of InfluxDB's protocols the server speaks. Default: V2.</summary>
    public InfluxDialect Dialect { get; init; } = InfluxDialect.V2;

    /// <summary>The database (V1, V3) or bucket (V2) of the rollups; that of raw points is called the same with <c>/raw</c> behind it, on V1 it
    /// is the retention policy <c>raw</c>. Default: <c>anycast</c>.</summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$", ErrorMessage = "up to 60 letters, digits, points, hyphens and underscores")]
    public string Database { get; init; } = "anycast";

    /// <summary>V2: the organisation that owns the buckets. Null: not sent.</summary>
    public string? Organization { get; init; }

    /// <summary>V2, V3: the token; a secret, from environment or user secrets. Null: none.</summary>
    [RegularExpression("^[!-~]+$", ErrorMessage = "printable ASCII characters without spaces")]
    public string? Token { get; init; }

    /// <summary>V1: the user. Null: none.</summary>
    [RegularExpression("^[^:\\p{Cc}]+$", ErrorMessage = "a name without colon")]
    public string? User { get; init; }

    /// <summary>V1: the user's password; a secret, from environment or user secrets. Null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether database, retention policy or buckets are created when they are missing. Default: true.</summary>
    public bool Create { get; init; } = true;

    /// <summary>How long the server keeps rollups, when we create their database. Null: for ever. Default: for ever.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "36500.00:00:00")]
    public TimeSpan? Retention { get; init; }

    /// <summary>How long the server keeps raw points, when we create their database. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan RawRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many ASes, those with the most probes, have hourly rows of their own; the others share one. Default: 500.</summary>
    [Range(0, 10_000)]
    public int LargestAsns { get; init; } = 500;

    /// <summary>Points of one request. Default: 10,000.</summary>
    [Range(100, 50_000)]
    public int BatchSize { get; init; } = 10_000;

    /// <summary>How long points wait for their request to fill. Default: ten seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests at the same time. Default: 2.</summary>
    [Range(1, 16)]
    public int Connections { get; init; } = 2;

    /// <summary>How long one request may take. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether requests are compressed. Default: Auto: unless the server is on this machine, where it costs both sides more than it saves.</summary>
    public InfluxCompression Compression { get; init; } = InfluxCompression.Auto;

    /// <summary>How much may wait on disk while the server is away, in MiB; beyond it nothing more is taken, and what was not taken is
    /// written from the store later. Default: 1,024.</summary>
    [Range(1, 1_048_576)]
    public int SpoolMegabytes { get; init; } = 1_024;

    /// <summary>Without the secrets, which must not reach a log by way of a record's own text.</summary>
    public override string ToString() =>
        $"TimeSeriesOptions {{ Provider = {Provider}, Url = {Url}, Dialect = {Dialect}, Database = {Database}, Token = {(Token is null ? "none" : "set")} }}";
}

/// <summary>Kinds of time series database.</summary>
public enum TimeSeriesProvider
{
    /// <summary>None: what pages show comes from the store.</summary>
    None,

    /// <summary>InfluxDB, or what speaks its protocol.</summary>
    InfluxDb,
}

/// <summary>InfluxDB's protocols.</summary>
public enum InfluxDialect
{
    /// <summary>1.x: database and retention policy.</summary>
    V1,

    /// <summary>2.x: organisation, bucket, token.</summary>
    V2,

    /// <summary>3 Core and Enterprise: database, token.</summary>
    V3,
}

/// <summary>When requests to InfluxDB are compressed.</summary>
public enum InfluxCompression
{
    /// <summary>When the server's address is not a loopback one.</summary>
    Auto,

    /// <summary>Always.</summary>
    Gzip,

    /// <summary>Never.</summary>
    None,
}
