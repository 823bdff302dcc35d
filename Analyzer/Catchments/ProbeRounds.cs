namespace Analyzer.Catchments;

/// <summary>What one probe asked and what became of it, as it is handed on while a catchment is read. Valid only until the call returns.</summary>
/// <param name="probe">Atlas' probe id.</param>
/// <param name="answered">The answered DNS rounds that brought an identity, ascending by time.</param>
/// <param name="nameless">When the answered DNS rounds were asked that brought none; Unix seconds, ascending.</param>
/// <param name="unanswered">When the DNS rounds were asked that nobody answered; Unix seconds, ascending.</param>
/// <param name="pings">The pings, one measurement after the other, of each ascending by time.</param>
public readonly ref struct ProbeRounds(
    int probe, ReadOnlySpan<JudgedRound> answered, ReadOnlySpan<long> nameless, ReadOnlySpan<long> unanswered, ReadOnlySpan<PingRound> pings)
{
    /// <summary>Atlas' probe id.</summary>
    public int Probe { get; } = probe;

    /// <summary>The answered DNS rounds that brought an identity, ascending by time.</summary>
    public ReadOnlySpan<JudgedRound> Answered { get; } = answered;

    /// <summary>When the answered DNS rounds were asked that brought none; Unix seconds, ascending.</summary>
    public ReadOnlySpan<long> Nameless { get; } = nameless;

    /// <summary>When the DNS rounds were asked that nobody answered; Unix seconds, ascending.</summary>
    public ReadOnlySpan<long> Unanswered { get; } = unanswered;

    /// <summary>The pings, one measurement after the other, of each ascending by time.</summary>
    public ReadOnlySpan<PingRound> Pings { get; } = pings;
}

/// <summary>Follows the reading of a catchment: what is worked out of the same samples needs no second reading.</summary>
public interface IProbeListener
{
    /// <summary>Told of each probe that asked, once, in no order, from one thread.</summary>
    /// <param name="rounds">What it saw.</param>
    void Hear(ProbeRounds rounds);

    /// <summary>Told at the end.</summary>
    /// <param name="catchment">What was read.</param>
    void End(Catchment catchment);
}
