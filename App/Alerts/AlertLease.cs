using Collector.Store;

namespace App.Alerts;

/// <summary>Which of the instances that share a store tells: one at a time. The others wait until it says nothing more.</summary>
/// <remarks>
/// The one that tells renews a document; its version counts up. Another takes over when it has seen the same version for long enough, by its own
/// clock: machines need not agree on the time. What the one writes is bound to its version of the document, so that one that was only asleep finds
/// that it is too late. Safe for many threads.
/// </remarks>
internal sealed class AlertLease
{
    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    /// <summary>After so long without renewal another takes over.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    // Left to itself for so long, the one that tells stops: well before another begins.
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(30);

    private const string Kind = "alert-lease";
    private const string Name = "alerts";

    private readonly IObservationStore store;
    private readonly string instance;
    private readonly bool isShared;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private StoredDocument? seen;
    private long seenAt;
    private long? version;
    private long renewedAt;

    /// <summary>Nobody's yet.</summary>
    /// <param name="store">The store.</param>
    /// <param name="instance">This process.</param>
    /// <param name="isShared">Whether there may be others.</param>
    /// <param name="clock">A clock of real time, by which processes die.</param>
    public AlertLease(IObservationStore store, string instance, bool isShared, TimeProvider clock) =>
        (this.store, this.instance, this.isShared, this.clock) = (store, instance, isShared, clock);

    /// <summary>Whether it is surely ours.</summary>
    public bool IsHeld
    {
        get
        {
            lock (gate)
            {
                return version is not null && (!isShared || clock.GetElapsedTime(renewedAt) < Trust);
            }
        }
    }

    /// <summary>Takes it, or renews it.</summary>
    /// <returns>Whether it is ours.</returns>
    /// <exception cref="IOException">The store is away.</exception>
    public bool TryHold()
    {
        lock (gate)
        {
            if (version is not null && !isShared)
            {
                // Nobody else can take it, and a disk need not be written to every few seconds.
                return true;
            }

            var known = store.Documents(Kind).FirstOrDefault(document => document.Name == Name);
            if (known is not null && known.Version != version && isShared)
            {
                version = null;
                if (seen != known)
                {
                    (seen, seenAt) = (known, clock.GetTimestamp());
                    return false;
                }

                if (clock.GetElapsedTime(seenAt) < Patience)
                {
                    return false;
                }
            }

            var before = known?.Version ?? 0;
            var at = clock.GetTimestamp();
            if (!store.SaveDocuments([new DocumentChange(Kind, Name, instance) { Expected = before }]))
            {
                version = null;
                return false;
            }

            (version, renewedAt) = (before + 1, at);
            return true;
        }
    }

    /// <summary>Saves, if it is still ours.</summary>
    /// <returns>Whether it was.</returns>
    /// <exception cref="IOException">The store is away.</exception>
    public bool Save(AlertStore alerts, IReadOnlyList<DocumentChange> changes)
    {
        lock (gate)
        {
            if (version is { } ours && alerts.Save(changes, new DocumentGuard(Kind, Name, ours)))
            {
                return true;
            }

            version = null;
            return false;
        }
    }

    /// <summary>Gives it back, so that another need not wait.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    public void Release()
    {
        lock (gate)
        {
            if (version is { } ours)
            {
                version = null;
                store.SaveDocuments([new DocumentChange(Kind, Name, null) { Expected = ours }]);
            }
        }
    }
}
