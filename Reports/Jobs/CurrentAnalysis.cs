namespace Reports.Jobs;

/// <summary>Holds the last analysis.</summary>
internal sealed class CurrentAnalysis : ICurrentAnalysis
{
    private volatile Analysis? last;

    /// <inheritdoc/>
    public Analysis? Last
    {
        get => last;
        set => last = value;
    }
}
