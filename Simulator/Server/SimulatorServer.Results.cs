using System.Globalization;
using Microsoft.AspNetCore.Http;
using Simulator.Worlds;

namespace Simulator.Server;

/// <content>Results.</content>
public sealed partial class SimulatorServer
{
    private const int FlushBytes = 96 * 1024;

    private ResultGenerator GeneratorOf(SimulatedMeasurement measurement)
    {
        lock (generators)
        {
            if (!generators.TryGetValue(measurement.Id, out var generator))
            {
                if (generators.Count >= Math.Max(4, 60_000 / world.Probes.Count))
                {
                    // Each holds about a kilobyte a probe, quickly made again.
                    generators.Clear();
                }

                generators[measurement.Id] = generator = new ResultGenerator(world, measurement);
            }

            return generator;
        }
    }

    private List<(int Probe, long From, long To)> Participants(SimulatedMeasurement measurement, HttpRequest request)
    {
        var wanted = Wanted(request);
        lock (measurements)
        {
            return [.. measurement.Participants.Where(item => wanted is null || wanted(world.Probes[item.Probe].Id))];
        }
    }

    /// <summary>What <c>probe_ids</c> and <c>anchors_only</c> ask for: ids and ranges.</summary>
    private Func<int, bool>? Wanted(HttpRequest request)
    {
        Func<int, bool>? anchors = (QueryText.Flag(request, "anchors_only") ?? QueryText.Flag(request, "anchors-only")) == true
            ? id => world.Probe(id)!.IsAnchor : null;
        if (QueryText.List(request, "probe_ids") is not { } list)
        {
            return anchors;
        }

        var ids = new HashSet<int>();
        var ranges = new List<(int From, int To)>();
        foreach (var item in list)
        {
            var ends = item.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var to))
            {
                throw ApiProblem.Parameter("probe_ids", $"\"{item}\" is neither an id nor a range.");
            }

            if (from == to)
            {
                ids.Add(from);
            }
            else
            {
                ranges.Add((from, to));
            }
        }

        return id => (anchors is null || anchors(id)) && (ids.Contains(id) || ranges.Exists(range => range.From <= id && id <= range.To));
    }

    private static bool AsText(HttpRequest request) => QueryText.Text(request, "format") switch
    {
        null or "" or "json" => false,
        "txt" => true,
        _ => throw ApiProblem.Parameter("format", "Enter json or txt."),
    };

    private async Task SendResultsAsync(HttpContext context, SimulatedMeasurement measurement)
    {
        var now = Now;
        var asText = AsText(context.Request);
        var from = QueryText.Time(context.Request, "start") ?? long.MinValue / 4;
        var to = QueryText.Time(context.Request, "stop") ?? now;
        var participants = Participants(measurement, context.Request);
        var generator = GeneratorOf(measurement);
        await StreamAsync(context, asText, text =>
        {
            return Next;
            bool Next(int index)
            {
                if (index >= participants.Count)
                {
                    return false;
                }

                generator.Write(text, participants[index], from, to, now, asText ? (byte)'\n' : (byte)',');
                return true;
            }
        });
    }

    private async Task SendLatestAsync(HttpContext context, SimulatedMeasurement measurement)
    {
        var now = Now;
        var asText = AsText(context.Request);
        var versions = (int)Math.Clamp(QueryText.Number(context.Request, "versions") ?? 1, 1, 10);
        var days = Math.Clamp(QueryText.Number(context.Request, "lookback_days") ?? 7, 0, 16384);
        var since = days == 0 ? measurement.Start : now - (days * 86400);
        var separator = asText ? (byte)'\n' : (byte)',';
        var participants = Participants(measurement, context.Request);
        var generator = GeneratorOf(measurement);
        var scratch = new ByteText();
        await StreamAsync(context, asText, text =>
        {
            return Next;
            bool Next(int index)
            {
                if (index >= participants.Count)
                {
                    return false;
                }

                // Backwards in growing steps until enough is there.
                for (long span = 4L * versions * measurement.IntervalSeconds; ; span *= 4)
                {
                    scratch.Clear();
                    var start = Math.Max(since, now - span);
                    var found = generator.Write(scratch, participants[index], start, now, now, (byte)'\n');
                    if (found >= versions || start == since)
                    {
                        foreach (var line in Last(scratch.Written, versions))
                        {
                            text.Add(line.Span);
                            text.Add(separator);
                        }

                        return true;
                    }
                }
            }
        });
    }

    private static List<ReadOnlyMemory<byte>> Last(ReadOnlyMemory<byte> lines, int count)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        while (!lines.IsEmpty && found.Count < count)
        {
            var body = lines[..^1];
            var start = body.Span.LastIndexOf((byte)'\n') + 1;
            found.Insert(0, body[start..]);
            lines = lines[..start];
        }

        return found;
    }

    /// <summary>Sends what a producer appends, participant by participant, without holding it all.</summary>
    private static async Task StreamAsync(HttpContext context, bool asText, Func<ByteText, Func<int, bool>> producer)
    {
        context.Response.ContentType = asText ? "text/plain; charset=utf-8" : "application/json";
        var body = context.Response.Body;
        var text = new ByteText();
        var next = producer(text);
        var pending = false;
        if (!asText)
        {
            text.Add((byte)'[');
        }

        for (var index = 0; next(index); index++)
        {
            if (text.Length >= FlushBytes)
            {
                // The last comma waits for another result.
                var hold = !asText ? 1 : 0;
                if (pending)
                {
                    await body.WriteAsync(Comma, context.RequestAborted);
                }

                await body.WriteAsync(text.Written[..^hold], context.RequestAborted);
                pending = hold > 0;
                text.Clear();
            }
        }

        if (!asText)
        {
            var isBracket = !pending && text.Length == 1;
            if (pending && text.Length > 0)
            {
                await body.WriteAsync(Comma, context.RequestAborted);
            }

            var rest = text.Length == 0 ? text.Written : isBracket ? text.Written : text.Written[..^1];
            await body.WriteAsync(rest, context.RequestAborted);
            await body.WriteAsync(Close, context.RequestAborted);
            return;
        }

        await body.WriteAsync(text.Written, context.RequestAborted);
    }

    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();

    private static readonly ReadOnlyMemory<byte> Close = "]"u8.ToArray();
}
