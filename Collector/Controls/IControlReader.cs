namespace Collector.Controls;

/// <summary>Tells whether probes under suspicion reached anything else.</summary>
public interface IControlReader
{
    /// <summary>Reads the controls of some probes and times, and no others.</summary>
    /// <param name="requests">Which.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>In no order; nothing of probes that nobody knows anything about.</returns>
    Task<IReadOnlyList<ControlPing>> ReadAsync(IReadOnlyList<ControlRequest> requests, CancellationToken cancellationToken = default);
}
