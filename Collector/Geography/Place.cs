namespace Collector.Geography;

/// <summary>A place that server names refer to.</summary>
/// <param name="Code">Upper-case code (<c>AMS</c>); for a city looked up by name, that name.</param>
/// <param name="Name">The city, as people write it.</param>
/// <param name="Country">ISO alpha-2 code.</param>
/// <param name="Position">The airport's for an airport, else the city's.</param>
/// <param name="Kind">What sort of code it is.</param>
public sealed record Place(string Code, string Name, string Country, GeoPoint Position, PlaceKind Kind)
{
    /// <summary>People in the city, or in the largest town within 60 km of the airport; 0 when unknown. By it lists are ordered.</summary>
    public long Population { get; init; }

    /// <summary>Whether it is a capital; known for cities only.</summary>
    public bool IsCapital { get; init; }
}

/// <summary>What sort of code names a place.</summary>
public enum PlaceKind
{
    /// <summary>IATA code of an airport.</summary>
    Airport,

    /// <summary>IATA code of a city with several airports: <c>LON</c>.</summary>
    Metropolitan,

    /// <summary>Code of an airport that has closed or changed codes: <c>TXL</c>.</summary>
    FormerAirport,

    /// <summary>Used by network operators, though it is nobody's standard: <c>FMT</c> for Fremont.</summary>
    Customary,

    /// <summary>UN/LOCODE location code, unique in its country only: <c>us-cgh</c>.</summary>
    Locode,

    /// <summary>A city by name.</summary>
    City,
}
