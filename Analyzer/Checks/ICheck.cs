using Analyzer.Findings;

namespace Analyzer.Checks;

/// <summary>Something that operators want to be told of without looking. Pure: what it needs is handed in.</summary>
public interface ICheck
{
    /// <summary>Its one name everywhere: <c>black-hole</c>.</summary>
    string Name { get; }

    /// <summary>What it notices, in no particular order.</summary>
    IEnumerable<Finding> Find(CheckInput input);
}
