namespace Collector.Results;

/// <summary>Receives what the decoder makes of each result. A resultset calls <see cref="Accept"/> once an element.</summary>
public interface IResultHandler
{
    /// <summary>An observation.</summary>
    /// <param name="observation">Valid during the call only.</param>
    /// <param name="result">The whole result's bytes as they arrived, without line end; valid during the call only.
    /// The elements of one resultset come with the same bytes, one call after the other.</param>
    void Accept(in Observation observation, ReadOnlySpan<byte> result);

    /// <summary>A result that is no observation.</summary>
    /// <param name="reason">Why, one of a fixed set of kebab-case words that can be counted, such as <c>bad-json</c>.</param>
    /// <param name="result">The bytes as they arrived; may be cut when they were too long to keep.</param>
    void Reject(string reason, ReadOnlySpan<byte> result);
}
