using System.Globalization;
using System.Text.Json;
using Collector.Atlas;
using Collector.Store;

namespace Collector.Measuring;

/// <summary>What Atlas last said of the account, kept in the store: the balance of its credits, and how measurements ended. So that a restart
/// does not lose it, and those who may not ask know it too.</summary>
public static class AccountMemory
{
    private const string Account = "account";
    private const string Credits = "credits";
    private const string Ended = "ended-measurement";

    /// <summary>Keeps how long the credits last.</summary>
    public static void Save(IObservationStore store, CreditOutlook outlook)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.SaveDocuments([new DocumentChange(Account, Credits, JsonSerializer.Serialize(outlook))]);
    }

    /// <summary>How long the credits last, as it was when Atlas was last asked; null: it never was.</summary>
    public static CreditOutlook? Outlook(IObservationStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        try
        {
            return store.Documents(Account).FirstOrDefault(document => document.Name == Credits) is { } known ? JsonSerializer.Deserialize<CreditOutlook>(known.Text) : null;
        }
        catch (JsonException)
        {
            // Another version's: it is asked for again soon.
            return null;
        }
    }

    /// <summary>Keeps how a measurement ended.</summary>
    public static void SaveEnd(IObservationStore store, long measurement, MeasurementStatus status)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.SaveDocuments([new DocumentChange(Ended, measurement.ToString(CultureInfo.InvariantCulture), status.ToString())]);
    }

    /// <summary>How measurements ended, by id, as far as Atlas was asked.</summary>
    public static IReadOnlyDictionary<long, MeasurementStatus> Ends(IObservationStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.Documents(Ended)
            .Select(document => (IsId: long.TryParse(document.Name, CultureInfo.InvariantCulture, out var id), Id: id, IsStatus: Enum.TryParse<MeasurementStatus>(document.Text, out var status), Status: status))
            .Where(end => end.IsId && end.IsStatus)
            .ToDictionary(end => end.Id, end => end.Status);
    }
}
