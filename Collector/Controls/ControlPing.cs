namespace Collector.Controls;

/// <summary>A ping of a probe to somebody else's service: whether the probe reached anything at that time.</summary>
/// <param name="Control">Name of the service: <c>k-root</c>.</param>
/// <param name="Probe">Atlas' probe id.</param>
/// <param name="Family">4 or 6.</param>
/// <param name="At">When, by the probe's clock: Unix seconds.</param>
/// <param name="IsAnswered">Whether a packet came back.</param>
public readonly record struct ControlPing(string Control, int Probe, int Family, long At, bool IsAnswered);
