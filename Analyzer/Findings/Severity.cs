namespace Analyzer.Findings;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Worth looking at this week.</summary>
    Warning,

    /// <summary>Users cannot reach the service.</summary>
    Critical,
}
