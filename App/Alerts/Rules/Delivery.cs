namespace App.Alerts.Rules;

/// <summary>How an attempt to tell somebody ended.</summary>
internal abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>The receiver took it.</summary>
    /// <param name="Note">What an operator should know all the same; null: nothing.</param>
    public sealed record Done(string? Note = null) : Delivery;

    /// <summary>The receiver cannot be reached, or has no time: the same may succeed later.</summary>
    /// <param name="Problem">Why, one line without secrets.</param>
    /// <param name="Wish">When the receiver wants to be asked again; null: it did not say.</param>
    public sealed record Away(string Problem, TimeSpan? Wish = null) : Delivery;

    /// <summary>The receiver does not want this message: the same would fail again.</summary>
    /// <param name="Problem">Why, one line without secrets.</param>
    public sealed record Refused(string Problem) : Delivery;
}

/// <summary>The edge of a route: whatever speaks to its receiver.</summary>
internal interface IAlertSender
{
    /// <summary>Delivers one message, once.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken);

    /// <summary>Looks whether it could be delivered, without sending anything that somebody would see.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns><see cref="Delivery.Done"/> with what was found.</returns>
    Task<Delivery> LookAsync(CancellationToken cancellationToken);
}
