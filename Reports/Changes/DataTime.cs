using Collector.Network;
using Collector.Store;

namespace Reports.Changes;

/// <summary>What "now" is for results: our clock's word, unless results have been fetched up to a later time, as in a simulation.</summary>
internal static class DataTime
{
    /// <summary>The later of the two.</summary>
    /// <param name="store">The observations.</param>
    /// <param name="network">The targets.</param>
    /// <param name="clock">What our clock says.</param>
    public static DateTimeOffset Now(IObservationStore store, AnycastNetwork network, DateTimeOffset clock)
    {
        var fetched = network.Targets.SelectMany(target => store.Measurements(target.Name)).Select(measurement => store.Watermark(measurement.Id)).Max();
        return fetched is { } seconds && DateTimeOffset.FromUnixTimeSeconds(seconds) is var at && at > clock ? at : clock;
    }
}
