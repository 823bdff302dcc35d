using System.Globalization;
using Analyzer.Catchments;
using Analyzer.Comparisons;
using Collector.Probes;
using Reports.Errors;
using Reports.Places;
using Spectre.Console;

namespace Reports.Catchments;

/// <summary>A catchment for people: a table, and in words what does not fit into one.</summary>
internal static class CatchmentTerminal
{
    private const int MostListed = 10;

    // Wide enough for every table where there is no terminal to ask, as in a pipe.
    private const int WidthWithoutTerminal = 200;

    /// <summary>Writes it; coloured when the writer is a terminal that can.</summary>
    public static void Write(TextWriter output, bool isTerminal, CatchmentTable table, Comparison? comparison)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        var catchment = table.Catchment;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TerminalText.Line(catchment.Target.Name)} IPv{catchment.Family} {catchment.Window}: {catchment.Asked} probes asked, {catchment.Answered} answered, {catchment.Attributed} attributed"));
        if (catchment.IsEmpty)
        {
            return;
        }

        console.Write(Rows(table));
        foreach (var note in Notes(table).Concat(comparison is null ? [] : Words(comparison)))
        {
            console.WriteLine(note);
        }
    }

    private static Table Rows(CatchmentTable table)
    {
        var isProbe = table.By == CatchmentKey.Probe;
        var hasDominant = table.By is CatchmentKey.Country or CatchmentKey.Continent or CatchmentKey.Asn;
        var hasNames = isProbe && table.Rows.Any(row => row.Probe?.AsName is not null);
        var grid = new Table { Border = TableBorder.Simple };
        grid.AddColumn(new TableColumn(CatchmentJson.NameOf(table.By)));
        string[] columns = isProbe
            ? ["pop", "country", "AS", "km", "nearest", "extra km", "p10 ms", "p50 ms", "p90 ms", "loss %", "state", .. hasNames ? ["AS name"] : Array.Empty<string>()]
            : ["probes", "share %", "weighted %", "p10 ms", "p50 ms", "p90 ms", "green", "red", "silent", "loss %", .. hasDominant ? ["dominant"] : Array.Empty<string>()];
        foreach (var column in columns)
        {
            var isText = column is "pop" or "country" or "nearest" or "dominant" or "state" or "AS name";
            grid.AddColumn(new TableColumn(column) { Alignment = isText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (var row in table.Rows)
        {
            var cells = isProbe ? ProbeCells(row, hasNames) : Cells(row, hasDominant);
            grid.AddRow(cells.Select(cell => new Text(TerminalText.Line(cell))));
        }

        return grid;
    }

    private static IEnumerable<string> Cells(CatchmentRow row, bool hasDominant)
    {
        yield return row.Key + AsText.InBrackets(row.AsName);
        yield return Number(row.Probes, "0");
        yield return Number(row.Share * 100, "0.0");
        yield return Number(row.WeightedShare * 100, "0.0");
        yield return Number(row.RttMs?.P10, "0.0");
        yield return Number(row.RttMs?.P50, "0.0");
        yield return Number(row.RttMs?.P90, "0.0");
        yield return Number(row.Green, "0");
        yield return Number(row.Red, "0");
        yield return Number(row.Silent, "0");
        yield return Number(row.LossPercent, "0.0");
        if (hasDominant)
        {
            yield return row.Dominant is { } dominant
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{dominant.Pop} {dominant.Share * 100:0} % ({dominant.Interval.Low * 100:0}-{dominant.Interval.High * 100:0}) {CatchmentJson.NameOf(dominant.Verdict)}")
                : CatchmentJson.NameOf(Verdict.TooFew);
        }
    }

    private static IEnumerable<string> ProbeCells(CatchmentRow row, bool hasNames)
    {
        var probe = row.Probe!;
        yield return row.Key;
        yield return probe.Pop is null ? "" : probe.Server is null ? probe.Pop.Code : $"{probe.Pop.Code}/{probe.Server}";
        yield return Marked(probe.Country ?? "", probe.CountryFrom);
        yield return Marked(probe.Asn is { } asn ? Number(asn, "0") : "", probe.AsnFrom);
        yield return Marked(Number(probe.DistanceKm, "0"), probe.PositionFrom);
        yield return probe.Nearest?.Code ?? "";
        yield return Number(probe.ExtraKm, "0");
        yield return Number(row.RttMs?.P10, "0.0");
        yield return Number(row.RttMs?.P50, "0.0");
        yield return Number(row.RttMs?.P90, "0.0");
        yield return Number(row.LossPercent, "0.0");
        yield return probe.IsSilent ? "silent" : probe.Pop is null ? "not attributed" : probe.IsMisplaced ? "misplaced" : probe.IsLoadBalanced ? "load-balanced" : "";
        if (hasNames)
        {
            yield return probe.AsName ?? "";
        }
    }

    /// <summary>What Atlas does not say is marked.</summary>
    private static string Marked(string text, PlaceOrigin origin) => text.Length > 0 && origin == PlaceOrigin.GeoIp ? text + "*" : text;

    private static IEnumerable<string> Notes(CatchmentTable table)
    {
        var catchment = table.Catchment;
        var withPing = catchment.Probes.Count(probe => probe is { Pop: not null, RttSource: RttSource.Ping });
        var fromDns = catchment.Probes.Count(probe => probe is { Pop: not null, RttSource: RttSource.Dns });
        if (withPing + fromDns > 0)
        {
            yield return fromDns == 0 ? "Round-trip times are from pings."
                : withPing == 0 ? "Round-trip times are from DNS answers: no ping was answered."
                : Invariant($"Round-trip times are from pings; of {fromDns} probes without an answered ping, from DNS answers.");
        }

        if (table.EffectiveSampleSize is { } size)
        {
            yield return Invariant($"Weighted for users, these probes are worth {size:0.#} equal ones.");
        }

        var classes = catchment.Classes;
        if (classes.Total > classes.Pop)
        {
            yield return Invariant(
                $"Rounds that reached no PoP: {classes.Interceptor} intercepted, {classes.Unknown} unknown, {classes.Conflict} contradictory, {classes.Impossible} faster than light, {classes.Nameless} without identity.");
        }

        if (catchment.UnknownIdentityCount > 0)
        {
            var listed = catchment.UnknownIdentities.Take(MostListed).Select(identity => Invariant($"{TerminalText.Line(identity.Identity)} ({identity.Probes})"));
            var more = catchment.UnknownIdentityCount - Math.Min(MostListed, catchment.UnknownIdentities.Count);
            yield return $"Unknown identities (probes): {string.Join(", ", listed)}{(more > 0 ? Invariant($" and {more} more") : "")}";
        }

        if (table.EmptyPops.Count > 0)
        {
            yield return $"No probe is served by: {string.Join(", ", table.EmptyPops.Select(TerminalText.Line))}";
        }

        if (table.By == CatchmentKey.Probe && catchment.Probes.Any(probe => probe.PositionFrom == PlaceOrigin.GeoIp || probe.CountryFrom == PlaceOrigin.GeoIp || probe.AsnFrom == PlaceOrigin.GeoIp))
        {
            yield return "* by the GeoIP database, since Atlas does not say.";
        }

        var places = ProbePlaces.Of(catchment);
        if (places.IsAsked && places.GeoIp + places.Unplaced + places.Disagree > 0)
        {
            yield return $"Places: {PlacesText.Of(places.GeoIp, places.Unplaced, places.Disagree)}";
        }

        var misplaced = catchment.Probes.Count(probe => probe.IsMisplaced);
        if (misplaced > 0)
        {
            yield return Invariant($"Not where their hosts say: {misplaced} probes.");
        }

        var balanced = catchment.Probes.Count(probe => probe.IsLoadBalanced);
        if (balanced > 0)
        {
            yield return Invariant($"Load-balanced over several PoPs: {balanced} probes.");
        }
    }

    private static IEnumerable<string> Words(Comparison comparison)
    {
        yield return "";
        yield return comparison.Similarity is { } similarity
            ? Invariant($"Against {comparison.Before.Window}: {comparison.Panel} probes in both, similarity {similarity:0.000}, {comparison.Flips} flips.")
            : $"Against {comparison.Before.Window}: no probe is in both.";
        foreach (var flow in comparison.Flows)
        {
            yield return Invariant($"  {TerminalText.Line(flow.From)} → {TerminalText.Line(flow.To)}  {flow.Probes}");
        }

        foreach (var change in comparison.Changed)
        {
            yield return $"  {TerminalText.Line(change.Country)}: dominant PoP was {TerminalText.Line(change.From)}, is {TerminalText.Line(change.To)}";
        }
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
