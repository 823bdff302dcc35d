using System.Globalization;

namespace Collector.Geography;

/// <summary>Reads a table of tab-separated values: comment lines start with #, the first other line names the columns.</summary>
internal sealed class GeographyTable : IDisposable
{
    private readonly string _name;
    private readonly TextReader _reader;
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private string[] _cells = [];
    private int _line;

    /// <summary>Starts reading a table; it has to have the columns named.</summary>
    /// <param name="name">What it is called in error messages.</param>
    /// <param name="stream">UTF-8 text; closed with the table.</param>
    /// <param name="required">Columns that must be there; others may be.</param>
    /// <exception cref="InvalidDataException">A column is missing.</exception>
    public GeographyTable(string name, Stream stream, params ReadOnlySpan<string> required)
    {
        _name = name;
        _reader = new StreamReader(stream);
        if (Next())
        {
            for (var column = 0; column < _cells.Length; column++)
            {
                _columns.TryAdd(_cells[column].Trim(), column);
            }
        }

        foreach (var column in required)
        {
            if (!_columns.ContainsKey(column))
            {
                throw new InvalidDataException($"{name}: no column {column}; the first line has to name the columns, separated by tabs: {string.Join(", ", required)}");
            }
        }
    }

    /// <summary>A table compiled into this assembly.</summary>
    public static GeographyTable Shipped(string name) =>
        new(name, typeof(GeographyTable).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly"));

    /// <summary>Moves to the next row.</summary>
    public bool Read() => Next();

    /// <summary>The text of a column of this row.</summary>
    public string Text(string column) => OptionalText(column) ?? throw Bad(column, "a value");

    /// <summary>The text of a column of this row; null where it is empty. Trailing empty cells may be left out.</summary>
    public string? OptionalText(string column) =>
        _columns.TryGetValue(column, out var index) && index < _cells.Length && _cells[index].Length > 0 ? _cells[index] : null;

    /// <summary>A whole number, not negative.</summary>
    public long Count(string column) =>
        long.TryParse(OptionalText(column), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(column, "a whole number");

    /// <summary>The columns latitude and longitude.</summary>
    public GeoPoint Position() => GeoPoint.From(Degrees("latitude"), Degrees("longitude")) ?? throw Bad("latitude", "degrees on the earth, not 0,0");

    /// <summary>What to throw about a cell of this row.</summary>
    public InvalidDataException Bad(string column, string allowed) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{_name}, line {_line}: {column} is '{OptionalText(column)}'; allowed: {allowed}"));

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private double Degrees(string column) =>
        double.TryParse(OptionalText(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(column, "degrees");

    private bool Next()
    {
        while (_reader.ReadLine() is { } line)
        {
            _line++;
            if (line.Length > 0 && line[0] != '#')
            {
                _cells = line.Split('\t');
                return true;
            }
        }

        return false;
    }
}
