namespace Collector.Configuration;

/// <summary>Words for the operator about a name that does not exist.</summary>
public static class KnownNames
{
    /// <summary>The nearest known name as a question, else all of them: the end of a message.</summary>
    public static string Hint(string found, IReadOnlyCollection<string> known) =>
        OptionBinder.Nearest(found, known) is { } nearest ? $"did you mean {nearest}?" : $"known here: {string.Join(", ", known)}";
}
