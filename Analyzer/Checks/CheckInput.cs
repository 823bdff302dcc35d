using System.Globalization;
using Analyzer.Attributions;
using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Controls;

namespace Analyzer.Checks;

/// <summary>What the checks look at: all targets and families of one window, the time just before it, and the controls.</summary>
public sealed class CheckInput
{
    private readonly Lazy<LightSpeedVerdicts> lightSpeed;
    private readonly Lazy<Dictionary<string, string>> names;
    private readonly ILookup<(int Probe, int Family), ControlPing> controls;

    /// <summary>Puts it together.</summary>
    /// <param name="window">The time that findings are about.</param>
    /// <param name="catchments">One each target and family of the window, read with series.</param>
    /// <param name="lead">The same of the time just before, read with series: what was normal. May be empty.</param>
    /// <param name="controls">What suspects reached elsewhere.</param>
    /// <param name="snapshotRounds">Up to so many rounds of a measurement without a schedule are a snapshot.</param>
    public CheckInput(
        Window window,
        IReadOnlyList<Catchment> catchments,
        IReadOnlyList<Catchment>? lead = null,
        IReadOnlyList<ControlPing>? controls = null,
        int snapshotRounds = 2)
    {
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(catchments);
        Window = window;
        var before = (lead ?? []).ToDictionary(catchment => (catchment.Target.Name, catchment.Family));
        Services = [.. catchments.Select(catchment => new ServiceSeries(catchment, before.GetValueOrDefault((catchment.Target.Name, catchment.Family)))
        {
            IsSnapshot = catchment.IsUnscheduled && Math.Round(catchment.RoundsHeld) <= snapshotRounds,
        })];
        this.controls = (controls ?? []).ToLookup(ping => (ping.Probe, ping.Family));
        lightSpeed = new Lazy<LightSpeedVerdicts>(() => LightSpeedJury.Judge(catchments.SelectMany(catchment => catchment.Claims)));
        names = new Lazy<Dictionary<string, string>>(() => Names(catchments));
    }

    private CheckInput(CheckInput input, ILookup<(int Probe, int Family), ControlPing> controls, ToolState? tool)
    {
        Window = input.Window;
        Services = input.Services;
        lightSpeed = input.lightSpeed;
        names = input.names;
        this.controls = controls;
        Tool = tool;
    }

    /// <summary>How the tool itself stands; null: it is not about the present, and the tool's own checks have nothing to say.</summary>
    public ToolState? Tool { get; }

    /// <summary>The time that findings are about.</summary>
    public Window Window { get; }

    /// <summary>One each target and family.</summary>
    public IReadOnlyList<ServiceSeries> Services { get; }

    /// <summary>Who errs where answers came faster than light, by the word of all targets and families together.</summary>
    public LightSpeedVerdicts LightSpeed => lightSpeed.Value;

    /// <summary>The catchments without their rounds, which are only good for the checks and take most of the room.</summary>
    public IReadOnlyList<Catchment> Catchments =>
    [
        .. Services.Select(service => service.Now with
        {
            Claims = [],
            SeriesPops = [],
            Probes = [.. service.Now.Probes.Select(probe => probe with { Series = null })],
        }),
    ];

    /// <summary>The same with what the suspects reached elsewhere.</summary>
    public CheckInput With(IReadOnlyList<ControlPing> pings)
    {
        ArgumentNullException.ThrowIfNull(pings);
        return new CheckInput(this, pings.ToLookup(ping => (ping.Probe, ping.Family)), Tool);
    }

    /// <summary>The same with how the tool itself stands.</summary>
    public CheckInput With(ToolState tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new CheckInput(this, controls, tool);
    }

    /// <summary>Whether the probe's place is known to be wrong, so that nothing may be concluded from it.</summary>
    public bool IsMisplaced(ProbeCatchment probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return probe.IsMisplaced || LightSpeed.IsMisplaced(probe.Id);
    }

    /// <summary>The name of an AS; null: unknown.</summary>
    /// <param name="asn">Its number, in digits.</param>
    public string? NameOf(string asn) => names.Value.GetValueOrDefault(asn);

    private static Dictionary<string, string> Names(IReadOnlyList<Catchment> catchments)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (asn, name) in catchments.SelectMany(catchment => catchment.Probes).Where(probe => probe is { Asn: not null, AsName: not null }).Select(probe => (probe.Asn!.Value, probe.AsName!)).Distinct())
        {
            names.TryAdd(asn.ToString(CultureInfo.InvariantCulture), name);
        }

        return names;
    }

    /// <summary>The pings of a probe to the controls.</summary>
    public IEnumerable<ControlPing> Controls(int probe, int family) => controls[(probe, family)];
}
