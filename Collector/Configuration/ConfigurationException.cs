namespace Collector.Configuration;

/// <summary>A value in the configuration or on the command line that cannot be used. Its message is one line for the operator:
/// the key, what was found, what is allowed. The process ends with exit code 2.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>With a message for the operator.</summary>
    public ConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the operator and the cause.</summary>
    public ConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message; for completeness only.</summary>
    public ConfigurationException()
    {
    }
}
