using Collector.Network;

namespace Analyzer.Identities;

/// <summary>What an identity, or the identities of one probe and round together, turned out to be.</summary>
public enum IdentityClass
{
    /// <summary>One of the target's PoPs.</summary>
    Pop,

    /// <summary>A middlebox or resolver answered in our place.</summary>
    Interceptor,

    /// <summary>Nothing we know: quarantined, counted, listed.</summary>
    Unknown,

    /// <summary>CHAOS and NSID name different PoPs.</summary>
    Conflict,

    /// <summary>Faster than light from where the PoP stands.</summary>
    Impossible,
}

/// <summary>How sure an attribution is.</summary>
public enum Confidence
{
    /// <summary>A city code in an unknown name, and speed of light or the country agrees.</summary>
    Guessed,

    /// <summary>One source says so.</summary>
    Single,

    /// <summary>Two sources agree.</summary>
    Confirmed,
}

/// <summary>What one identity says.</summary>
/// <param name="Identity">The identity, normalised.</param>
/// <param name="Source">The question it answered: <c>id.server</c>, <c>hostname.bind</c>, <c>nsid</c> …</param>
/// <param name="Class">Pop, interceptor or unknown.</param>
/// <param name="Pop">The PoP; null for the other classes.</param>
/// <param name="Server">The server inside the PoP; null when the rule does not tell.</param>
/// <param name="Rule">The rule that decided, in words; null for unknown.</param>
/// <param name="Confidence">How sure; null for unknown.</param>
public sealed record Identification(
    string Identity, string Source, IdentityClass Class, Pop? Pop, string? Server, string? Rule, Confidence? Confidence);
