namespace Collector.Controls;

/// <summary>Which probes' controls are wanted, and of when.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="From">First instant, Unix seconds.</param>
/// <param name="To">First instant no longer wanted, Unix seconds.</param>
/// <param name="Probes">Ids, ascending.</param>
public sealed record ControlRequest(int Family, long From, long To, IReadOnlyList<int> Probes);
