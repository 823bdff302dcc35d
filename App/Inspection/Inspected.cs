namespace App.Inspection;

/// <summary>How one thing stands.</summary>
internal enum InspectionState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The service runs, and somebody should look.</summary>
    Warning,

    /// <summary>Something does not work until this is put right.</summary>
    Failed,
}

/// <summary>What <c>check</c> says of one thing.</summary>
/// <param name="Name">The thing: <c>credits</c>.</param>
/// <param name="State">How it stands.</param>
/// <param name="Finding">What was found, one line.</param>
/// <param name="Advice">What to do about it; null: nothing.</param>
internal sealed record Inspected(string Name, InspectionState State, string Finding, string? Advice = null)
{
    public static Inspected Ok(string name, string finding) => new(name, InspectionState.Ok, finding);

    public static Inspected Warning(string name, string finding, string advice) => new(name, InspectionState.Warning, finding, advice);

    public static Inspected Failed(string name, string finding, string advice) => new(name, InspectionState.Failed, finding, advice);
}
