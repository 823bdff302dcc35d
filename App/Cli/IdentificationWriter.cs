using System.Globalization;
using System.Text;
using System.Text.Json;
using Analyzer.Identities;
using Reports.Errors;
using Spectre.Console;

namespace App.Cli;

/// <summary>Writes identifications in the format that was asked for; without one, a table on a terminal and NDJSON elsewhere.</summary>
internal abstract class IdentificationWriter : IDisposable
{
    private static readonly string[] Columns =
        ["identity", "source", "class", "pop", "server", "country", "latitude", "longitude", "rule", "confidence"];

    public static IdentificationWriter Create(OutputFormat? format, Stream output) =>
        (format ?? (Console.IsOutputRedirected ? OutputFormat.Ndjson : OutputFormat.Table)) switch
        {
            OutputFormat.Table => new TableWriter(),
            OutputFormat.Json => new JsonWriter(output, asArray: true),
            OutputFormat.Csv => new CsvWriter(output),
            _ => new JsonWriter(output, asArray: false),
        };

    public abstract void Write(Identification identification);

    public abstract void Dispose();

    private static string Lower<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string?[] Cells(Identification identification) =>
    [
        identification.Identity,
        identification.Source,
        Lower(identification.Class),
        identification.Pop?.Code,
        identification.Server,
        identification.Pop?.Country,
        identification.Pop?.Position.LatitudeDegrees.ToString(CultureInfo.InvariantCulture),
        identification.Pop?.Position.LongitudeDegrees.ToString(CultureInfo.InvariantCulture),
        identification.Rule,
        identification.Confidence is { } confidence ? Lower(confidence) : null,
    ];

    private sealed class JsonWriter : IdentificationWriter
    {
        private readonly Stream stream;
        private readonly Utf8JsonWriter json;
        private readonly bool asArray;

        public JsonWriter(Stream output, bool asArray)
        {
            stream = new BufferedStream(output, 65_536);
            json = new Utf8JsonWriter(stream);
            this.asArray = asArray;
            if (asArray)
            {
                json.WriteStartArray();
            }
        }

        public override void Write(Identification identification)
        {
            json.WriteStartObject();
            json.WriteString("identity", identification.Identity);
            json.WriteString("source", identification.Source);
            json.WriteString("class", Lower(identification.Class));
            json.WriteString("pop", identification.Pop?.Code);
            json.WriteString("server", identification.Server);
            json.WriteString("country", identification.Pop?.Country);
            WriteNumber("latitude", identification.Pop?.Position.LatitudeDegrees);
            WriteNumber("longitude", identification.Pop?.Position.LongitudeDegrees);
            json.WriteString("rule", identification.Rule);
            json.WriteString("confidence", identification.Confidence is { } confidence ? Lower(confidence) : null);
            json.WriteEndObject();
            if (!asArray)
            {
                EndLine();
                json.Reset();
            }
        }

        public override void Dispose()
        {
            if (asArray)
            {
                json.WriteEndArray();
                EndLine();
            }

            json.Dispose();
            stream.Dispose();
        }

        private void WriteNumber(string name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
            else
            {
                json.WriteNull(name);
            }
        }

        private void EndLine()
        {
            json.Flush();
            stream.WriteByte((byte)'\n');
        }
    }

    private sealed class CsvWriter : IdentificationWriter
    {
        private readonly StreamWriter writer;

        public CsvWriter(Stream output)
        {
            writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 65_536) { NewLine = "\r\n" };
            writer.WriteLine(string.Join(',', Columns));
        }

        public override void Write(Identification identification) => writer.WriteLine(string.Join(',', Cells(identification).Select(Cell)));

        public override void Dispose() => writer.Dispose();

        // A spreadsheet takes what begins like this for a formula, and strangers choose the identities. Numbers are ours.
        private static string Cell(string? text, int column)
        {
            if (string.IsNullOrEmpty(text))
            {
                return "";
            }

            var isNumber = Columns[column] is "latitude" or "longitude";
            var safe = !isNumber && text[0] is '=' or '+' or '-' or '@' or '\t' ? $"'{text}" : text;
            return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        }
    }

    private sealed class TableWriter : IdentificationWriter
    {
        // What fits a line; source and position are in the other formats.
        private static readonly int[] Shown = [0, 2, 3, 4, 5, 8, 9];

        private readonly Table table = new Table { Border = TableBorder.Minimal }.AddColumns([.. Shown.Select(column => Columns[column])]);

        public override void Write(Identification identification)
        {
            var cells = Cells(identification);
            table.AddRow([.. Shown.Select(column => new Text(TerminalText.Line(cells[column] ?? "")))]);
        }

        public override void Dispose() => AnsiConsole.Write(table);
    }
}
