using System.ComponentModel.DataAnnotations;

namespace Collector.Configuration.Alerts;

/// <summary>When findings become alerts, how alerts are put together, and who is told.</summary>
public sealed record AlertsOptions
{
    /// <summary>How long something must be found before somebody is told. The checks wait for several rounds by themselves. Default: not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan FireAfter { get; init; } = TimeSpan.Zero;

    /// <summary>How long something must be found no more before it counts as resolved. Default: half an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan ResolveAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Alerts that agree in these labels make one message. Default: check and target.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = ["check", "target"];

    /// <summary>How long the first message of a group waits for more to join it. Default: one minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long news of a group wait after its last message. Default: 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>When a group of which there is no news is told again. Default: a day.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long the word that something is resolved waits for a receiver that is away; then it is dropped. Default: a week.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan KeepUndelivered { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where the pages of the checks are, for links: the check's name and <c>.md</c> are put behind it. Null: no such link.</summary>
    public Uri? RunbookUrl { get; init; }

    /// <summary>What nobody is told of, and for how long. More can be added while the service runs. Default: none.</summary>
    public IReadOnlyList<SilenceOptions> Silences { get; init; } = [];

    /// <summary>Receivers of JSON. Default: none.</summary>
    public IReadOnlyList<WebhookOptions> Webhook { get; init; } = [];

    /// <summary>Slack, and what takes its messages. Default: none.</summary>
    public IReadOnlyList<SlackOptions> Slack { get; init; } = [];

    /// <summary>Prometheus' Alertmanager. Default: none.</summary>
    public IReadOnlyList<AlertmanagerOptions> Alertmanager { get; init; } = [];

    /// <summary>E-mail. Default: none.</summary>
    public IReadOnlyList<SmtpOptions> Smtp { get; init; } = [];
}
