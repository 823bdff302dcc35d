using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Simulator.Worlds;

namespace Simulator.Server;

/// <content>The stream: results as they are stored, over WebSocket.</content>
public sealed partial class SimulatorServer
{
    private const string StreamPath = "/stream/";

    // How long after it was taken a result may arrive: a probe that was away for two days delivers then.
    private const long LongestDelay = 4 * 86400;

    // A connection that is to be cut off in the middle, as any other answer.
    private const int ResultsBeforeCut = 25;

    private readonly ConcurrentDictionary<SimulatedStream, HttpContext> streams = new();

    /// <summary>Connections of the stream that are open.</summary>
    public int Streams => streams.Count;

    /// <summary>Drops all connections of the stream, without a word.</summary>
    public void DropStreams()
    {
        foreach (var (_, context) in streams)
        {
            context.Abort();
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new ApiProblem(400, 102, "Speak WebSocket here.");
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var length = context.Response.Body is FaultyBody { IsCut: true } ? ResultsBeforeCut : Faults.StreamLength;
        using var stream = new SimulatedStream(socket, Faults, options.StreamPause, length, PublicMeasurement, time, WriteStored);
        streams.TryAdd(stream, context);
        try
        {
            await stream.RunAsync(context.RequestAborted);
        }
        catch (Exception problem) when (problem is OperationCanceledException or WebSocketException or IOException)
        {
            // The client left.
        }
        finally
        {
            streams.TryRemove(stream, out _);
        }

        context.Abort();
    }

    private SimulatedMeasurement? PublicMeasurement(long id)
    {
        lock (measurements)
        {
            return measurements.TryGetValue(id, out var found) && found.IsPublic ? found : null;
        }
    }

    /// <summary>The results of a measurement that were stored in (after, now], one a line.</summary>
    private void WriteStored(ByteText text, SimulatedMeasurement measurement, int? probe, long after, long now)
    {
        List<(int Probe, long From, long To)> participants;
        lock (measurements)
        {
            participants = [.. measurement.Participants.Where(item => probe is null || world.Probes[item.Probe].Id == probe)];
        }

        var generator = GeneratorOf(measurement);
        foreach (var participant in participants)
        {
            generator.Write(text, participant, after - LongestDelay, now + 86400, now, (byte)'\n', after);
        }
    }
}
