namespace Analyzer.Annotations;

/// <summary>What became of a change.</summary>
public enum ChangeVerdict
{
    /// <summary>It did what was intended.</summary>
    AsIntended,

    /// <summary>It did some of it, or at a price.</summary>
    Partly,

    /// <summary>Nothing that can be told from chance.</summary>
    NoEffect,

    /// <summary>The contrary of what was intended, or harm.</summary>
    Worse,

    /// <summary>Too few probes, or too little time between two changes, to say.</summary>
    TooFew,

    /// <summary>Not enough time has passed.</summary>
    TooEarly,
}
