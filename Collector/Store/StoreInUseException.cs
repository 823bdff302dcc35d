namespace Collector.Store;

/// <summary>Another process writes to the store, and only one at a time may.</summary>
public sealed class StoreInUseException : IOException
{
    /// <summary>With a line for the operator and the cause.</summary>
    public StoreInUseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With a line for the operator.</summary>
    public StoreInUseException(string message)
        : base(message)
    {
    }

    /// <summary>For completeness only.</summary>
    public StoreInUseException()
    {
    }
}
