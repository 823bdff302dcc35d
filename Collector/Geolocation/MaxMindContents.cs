namespace Collector.Geolocation;

/// <summary>What of a database can be used, counted over its different records.</summary>
public sealed class MaxMindContents
{
    // Enough to recognise a layout by.
    private const int MostFields = 12;

    private readonly List<string> _fields = [];

    /// <summary>Different records.</summary>
    public int Records { get; private set; }

    /// <summary>Those that have a country.</summary>
    public int Countries { get; private set; }

    /// <summary>Those that have a place.</summary>
    public int Places { get; private set; }

    /// <summary>Those that say how far off their place may be.</summary>
    public int Radii { get; private set; }

    /// <summary>Those that have an AS number.</summary>
    public int AsNumbers { get; private set; }

    /// <summary>Those that have an AS name.</summary>
    public int AsNames { get; private set; }

    /// <summary>The first names of members that its records have: what to look at where nothing of it can be used. Text of others.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>Whether anything at all can be used.</summary>
    public bool IsOfUse => Countries + Places + AsNumbers > 0;

    /// <summary>Counts one record.</summary>
    internal void Add(MaxMindValue value)
    {
        Records++;
        if (value is not MaxMindValue.Map { Members: var members })
        {
            return;
        }

        if (_fields.Count < MostFields)
        {
            _fields.AddRange(members.Keys.Except(_fields, StringComparer.Ordinal).Take(MostFields - _fields.Count).ToList());
        }

        if (MaxMindAnyRecord.From(members.ToDictionary(member => member.Key, member => Plain(member.Value))).ToRecord() is { } record)
        {
            Countries += record.Country is null ? 0 : 1;
            Places += record.Position is null ? 0 : 1;
            Radii += record.AccuracyRadiusKm is null ? 0 : 1;
            AsNumbers += record.Asn is null ? 0 : 1;
            AsNames += record.AsName is null ? 0 : 1;
        }
    }

    /// <summary>A value as the package would have it.</summary>
    private static object? Plain(MaxMindValue value) => value switch
    {
        MaxMindValue.Text text => text.Value,
        MaxMindValue.Double number => number.Value,
        MaxMindValue.Float number => number.Value,
        MaxMindValue.Unsigned number => number.Value <= long.MaxValue ? (long)number.Value : null,
        MaxMindValue.Signed number => number.Value,
        MaxMindValue.Boolean truth => truth.Value,
        MaxMindValue.Map map => map.Members.ToDictionary(member => member.Key, member => Plain(member.Value)),
        _ => null,
    };
}
