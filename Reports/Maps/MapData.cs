using Collector.Geography;

namespace Reports.Maps;

/// <summary>What became of a probe's question.</summary>
internal enum ProbeAnswer
{
    /// <summary>A PoP answered.</summary>
    Served,

    /// <summary>Nobody answered.</summary>
    Silent,

    /// <summary>Somebody in between answered in our place.</summary>
    Intercepted,

    /// <summary>Somebody answered, but it is not clear who.</summary>
    Unknown,
}

/// <summary>A probe as a map shows it.</summary>
/// <param name="Position">Where it is; null when nobody knows.</param>
/// <param name="Answer">What became of its question.</param>
/// <param name="Pop">The code of the PoP that served it; null unless <see cref="ProbeAnswer.Served"/>.</param>
/// <param name="RttMs">Its round-trip time in milliseconds; null when not measured.</param>
internal readonly record struct MapProbe(GeoPoint? Position, ProbeAnswer Answer, string? Pop = null, double? RttMs = null);

/// <summary>A PoP as a map shows it.</summary>
/// <param name="Code">As in the configuration.</param>
/// <param name="City">Its city; null when not known.</param>
/// <param name="Position">Where it is; null when nobody knows.</param>
internal sealed record MapPop(string Code, string? City, GeoPoint? Position)
{
    /// <summary>Code and city.</summary>
    public string Name => string.IsNullOrWhiteSpace(City) ? Code : $"{Code} – {City}";
}

/// <summary>What a map is about, for its title.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Family">4 or 6; null for both.</param>
/// <param name="Period">The week or window, as the reader should see it.</param>
/// <param name="Asked">Probes asked.</param>
/// <param name="Answered">Probes that got an answer.</param>
/// <param name="Attributed">Probes whose PoP is known.</param>
internal sealed record MapSubject(string Target, int? Family, string Period, int Asked, int Answered, int Attributed)
{
    /// <summary>Target and family, as titles begin.</summary>
    public string Name => Family is { } family ? $"{Target} · IPv{family}" : Target;

    /// <summary>The three denominators, which always travel together.</summary>
    public string Denominators => $"{MapText.Count(Asked)} {(Asked == 1 ? "probe" : "probes")} asked, {MapText.Count(Answered)} answered, {MapText.Count(Attributed)} attributed";
}
