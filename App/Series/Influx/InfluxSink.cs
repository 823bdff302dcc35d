using System.Globalization;
using System.IO.Compression;
using System.Threading.Channels;
using Analyzer.Hours;
using Collector.Archive;
using Collector.Configuration;
using Microsoft.Extensions.Logging;

namespace App.Series.Influx;

/// <summary>Writes to InfluxDB: in batches, over a few connections, gzipped over a network; what it does not take waits on disk and follows in order.</summary>
/// <remarks>
/// Sending something twice changes nothing, since a point is known by its series and time; so whatever is in doubt is sent again.
/// Memory is bounded: one batch that fills for each place, one that waits and one that is sent for each connection.
/// </remarks>
public sealed partial class InfluxSink : ITimeSeriesSink
{
    // Servers limit a request's size at 10 MiB and more; a batch of ours stays well below.
    private const int MostBytes = 4 * 1024 * 1024;

    // No server that works limits requests below that, and one point of ours is far shorter: whoever finds it too large finds everything too large.
    private const int NeverTooLarge = 1024;

    // A reason for which points are refused is told once, and then so often at most, with what has come together.
    private static readonly TimeSpan BetweenRefusals = TimeSpan.FromMinutes(10);

    private readonly TimeSeriesOptions options;
    private readonly HttpClient http;
    private readonly InfluxServer server;
    private readonly Spool? spool;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly TimeSpan pause;
    private readonly Channel<Batch> full;
    private readonly Task[] senders;
    private readonly Task drain;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim filling = new(1, 1);
    private readonly SemaphoreSlim spooled = new(0, 1);
    private readonly Batch?[] open = new Batch?[2];
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Points, DateTimeOffset Told)> untold = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];
    private TaskCompletionSource idle = new();
    private int underWay;
    private long written;
    private string? refusedExample;
    private string? problem;
    private DateTimeOffset? lastWritten;
    private bool wasCreated;

    /// <summary>Opens a sink.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="spoolFolder">Where points wait while the server is away; null: they do not, and a server that stays away is an error.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the server goes away and comes back, and what it refuses.</param>
    /// <param name="pause">The wait after a first failure, doubled after each further one; null: half a second.</param>
    /// <exception cref="IOException">The spool cannot be read.</exception>
    public InfluxSink(TimeSeriesOptions options, string? spoolFolder, TimeProvider time, ILogger<InfluxSink> logger, TimeSpan? pause = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time;
        this.logger = logger;
        this.pause = pause ?? TimeSpan.FromMilliseconds(500);
        spool = spoolFolder is null ? null : new Spool(spoolFolder, (long)options.SpoolMegabytes << 20);
        http = InfluxServer.Client();
        server = new InfluxServer(options, http, time);
        full = Channel.CreateBounded<Batch>(options.Connections);
        senders = [.. Enumerable.Range(0, options.Connections).Select(_ => Task.Run(SendAllAsync))];
        drain = Task.Run(DrainAsync);
        timer = time.CreateTimer(_ => _ = CloseAgedAsync(), null, options.FlushInterval, options.FlushInterval);
        idle.SetResult();
        if (spool is { Count: > 0 })
        {
            spooled.Release();
        }
    }

    /// <inheritdoc/>
    public SinkState State
    {
        get
        {
            lock (gate)
            {
                return new SinkState
                {
                    Written = written,
                    Refused = new Dictionary<string, long>(refused),
                    RefusedExample = refusedExample,
                    WaitingPoints = spool?.Points ?? 0,
                    WaitingBytes = spool?.Bytes ?? 0,
                    Problem = problem is null ? null : $"{server.Name}: {problem}",
                    LastWritten = lastWritten,
                };
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        Batch? closed = null;
        await filling.WaitAsync(cancellationToken);
        try
        {
            if (open[(int)place] is { } current && (current.Points + points > options.BatchSize || current.Bytes + lines.Length > MostBytes))
            {
                closed = Close(place);
            }

            (open[(int)place] ??= new Batch(place)).Add(lines.Span, points);
        }
        finally
        {
            filling.Release();
        }

        if (closed is not null)
        {
            await full.Writer.WriteAsync(closed, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await CloseAllAsync(cancellationToken);
        Task quiet;
        lock (gate)
        {
            quiet = idle.Task;
        }

        await quiet.WaitAsync(cancellationToken);
        ThrowIfLost();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        await timer.DisposeAsync();
        await CloseAllAsync(CancellationToken.None);
        full.Writer.Complete();

        // What is being sent ends within its time limit; an attempt that waits for a better moment goes to the spool at once.
        await stopping.CancelAsync();
        await Task.WhenAll([.. senders, drain]);
        if (spool is not null)
        {
            // A command says at its end how many were refused in all.
            TellTheRest();
        }

        server.Dispose();
        http.Dispose();
        stopping.Dispose();
        filling.Dispose();
        spooled.Dispose();
    }

    /// <exception cref="IOException">Something that was taken is not safe, and nobody was told yet.</exception>
    private void ThrowIfLost()
    {
        lock (gate)
        {
            if (failures is [var first, ..])
            {
                failures.Clear();
                throw new IOException(first);
            }
        }
    }

    /// <summary>Takes the batch that is filling away; under <see cref="filling"/>.</summary>
    private Batch? Close(SeriesPlace place)
    {
        var batch = open[(int)place];
        open[(int)place] = null;
        if (batch is not null)
        {
            lock (gate)
            {
                if (underWay++ == 0)
                {
                    idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }

        return batch;
    }

    private async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        var closed = new List<Batch?>();
        await filling.WaitAsync(cancellationToken);
        try
        {
            closed.Add(Close(SeriesPlace.Rollups));
            closed.Add(Close(SeriesPlace.Raw));
        }
        finally
        {
            filling.Release();
        }

        foreach (var batch in closed.OfType<Batch>())
        {
            await full.Writer.WriteAsync(batch, CancellationToken.None);
        }
    }

    private async Task CloseAgedAsync()
    {
        try
        {
            await CloseAllAsync(stopping.Token);
        }
        catch (Exception late) when (late is OperationCanceledException or ObjectDisposedException or ChannelClosedException)
        {
            // The sink is closing, which hands everything over by itself.
        }
    }

    private async Task SendAllAsync()
    {
        await foreach (var batch in full.Reader.ReadAllAsync())
        {
            try
            {
                await SendAsync(batch);
            }
#pragma warning disable CA1031 // Whatever it is, the other batches go on, and whoever waits for this one is told.
            catch (Exception trouble)
#pragma warning restore CA1031
            {
                lock (gate)
                {
                    failures.Add(trouble.Message);
                }
            }
            finally
            {
                batch.Dispose();
                lock (gate)
                {
                    if (--underWay == 0)
                    {
                        idle.TrySetResult();
                    }
                }
            }
        }
    }

    /// <summary>Delivers one batch, or puts it on disk.</summary>
    private async Task SendAsync(Batch batch)
    {
        using var gzip = server.TakesGzip ? Compress(batch.Written.Span) : null;

        // While anything waits on disk, what comes later waits behind it.
        const int Attempts = 3;
        const int PatientAttempts = 8;
        var backOff = new BackOff(pause);
        for (var attempt = 1; spool is not { Count: > 0 }; attempt++)
        {
            // One answer is waited for even while the sink is closing.
            var answer = await DeliverAsync(batch.Place, gzip?.Written, batch.Written, batch.Points, CancellationToken.None);
            if (answer is null)
            {
                return;
            }

            var last = spool is null ? PatientAttempts : answer is WriteAnswer.Misconfigured ? 1 : Attempts;
            if (attempt >= last || (spool is null && answer is WriteAnswer.Misconfigured) || !await WaitAsync(backOff, answer))
            {
                if (spool is null)
                {
                    throw new IOException($"{server.Name}: {ProblemOf(answer)}");
                }

                break;
            }
        }

        using var packed = gzip is null ? Compress(batch.Written.Span) : null;
        spool!.Add(batch.Place, (gzip ?? packed!).Written.Span, batch.Points);
        WakeDrain();
    }

    /// <summary>Sends what waits on disk, the oldest first, for as long as the sink lives.</summary>
    private async Task DrainAsync()
    {
        if (spool is null)
        {
            return;
        }

        var backOff = new BackOff(pause);
        try
        {
            while (true)
            {
                await spooled.WaitAsync(stopping.Token);
                while (spool.Oldest is { } batch)
                {
                    stopping.Token.ThrowIfCancellationRequested();
                    if (await DrainAsync(batch) is { } answer)
                    {
                        await WaitAsync(backOff, answer);
                    }
                    else
                    {
                        backOff.Reset();
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is drained by the next process.
        }
    }

    /// <returns>Why it was not delivered; null: it was.</returns>
    private async Task<WriteAnswer?> DrainAsync(SpooledBatch batch)
    {
        byte[] lines;
        byte[] gzip;
        try
        {
            gzip = await File.ReadAllBytesAsync(batch.Path, stopping.Token);
            if (WholeGzip.Read(batch.Path) is not { } unpacked)
            {
                Unreadable(batch.Points, batch.Bytes, spool!.SetOldestAside());
                return null;
            }

            lines = unpacked;
        }
        catch (Exception trouble) when (trouble is FileNotFoundException or DirectoryNotFoundException)
        {
            spool!.ForgetOldest();
            Missing(batch.Points, batch.Path);
            return null;
        }
        catch (IOException trouble)
        {
            return new WriteAnswer.Later(trouble.Message, null);
        }

        var answer = await DeliverAsync(batch.Place, gzip, lines, batch.Points, stopping.Token);
        if (answer is null)
        {
            spool!.RemoveOldest();
        }

        return answer;
    }

    /// <summary>Delivers lines, in halves where the server wants it so.</summary>
    /// <param name="place">Where they are kept.</param>
    /// <param name="gzip">The same lines gzipped; null: they are sent as they are.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="points">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why they were not delivered; null: they were.</returns>
    private async Task<WriteAnswer?> DeliverAsync(
        SeriesPlace place, ReadOnlyMemory<byte>? gzip, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
    {
        var answer = await server.WriteAsync(place, lines, gzip, points, cancellationToken);
        if (answer is WriteAnswer.Misconfigured { IsMissing: true } && options.Create && await CreateAsync(cancellationToken))
        {
            answer = await server.WriteAsync(place, lines, gzip, points, cancellationToken);
        }

        switch (answer)
        {
            case WriteAnswer.Done done:
                Acknowledged(points, done);
                return null;
            case WriteAnswer.Halve { Reason: WriteAnswers.TooLarge } halve when lines.Length <= NeverTooLarge:
                answer = new WriteAnswer.Misconfigured(
                    string.Create(CultureInfo.InvariantCulture, $"even {lines.Length} bytes are too large for it ({halve.Example}): raise the limit of the server, or of the proxy before it"),
                    IsMissing: false);
                Failed(answer);
                return answer;
            case WriteAnswer.Halve halve when points <= 1:
                Acknowledged(points, new WriteAnswer.Done(new Dictionary<string, long> { [halve.Reason] = points }, halve.Example));
                return null;
            case WriteAnswer.Halve:
                var middle = Middle(lines.Span, points / 2);
                return await DeliverAsync(place, lines[..middle], points / 2, cancellationToken)
                    ?? await DeliverAsync(place, lines[middle..], points - (points / 2), cancellationToken);
            default:
                Failed(answer);
                return answer;
        }
    }

    private async Task<WriteAnswer?> DeliverAsync(SeriesPlace place, ReadOnlyMemory<byte> lines, int points, CancellationToken cancellationToken)
    {
        using var gzip = server.TakesGzip ? Compress(lines.Span) : null;
        return await DeliverAsync(place, gzip?.Written, lines, points, cancellationToken);
    }

    private async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        var trouble = await server.CreateAsync(cancellationToken);
        if (trouble is not null && !wasCreated)
        {
            NotCreated(trouble);
        }

        wasCreated = true;
        return trouble is null;
    }

    /// <returns>False: the sink is closing.</returns>
    private async Task<bool> WaitAsync(BackOff backOff, WriteAnswer answer)
    {
        try
        {
            await Task.Delay(backOff.Next((answer as WriteAnswer.Later)?.After), time, stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Acknowledged(int points, WriteAnswer.Done done)
    {
        bool wasAway;
        lock (gate)
        {
            var lost = done.Refused.Values.Sum();
            written += points - lost;
            foreach (var (reason, count) in done.Refused)
            {
                refused[reason] = refused.GetValueOrDefault(reason) + count;
            }

            refusedExample = done.Example ?? refusedExample;
            lastWritten = time.GetUtcNow();
            wasAway = problem is not null;
            problem = null;
        }

        foreach (var (reason, count) in done.Refused)
        {
            TellRefused(reason, count, done.Example ?? "");
        }

        if (wasAway)
        {
            Back(server.Name);
        }
    }

    /// <summary>Tells of refused points: the first of a reason at once, of those that follow how many they are, now and then.</summary>
    private void TellRefused(string reason, long points, string example)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var isKnown = untold.TryGetValue(reason, out var before);
            points += before.Points;
            if (isKnown && now - before.Told < BetweenRefusals)
            {
                untold[reason] = (points, before.Told);
                return;
            }

            untold[reason] = (0, now);
        }

        PointsRefused(server.Name, points, reason, example);
    }

    /// <summary>Tells of those that were not told of yet, as there will be no other time.</summary>
    private void TellTheRest()
    {
        foreach (var (reason, (points, _)) in untold.Where(one => one.Value.Points > 0))
        {
            PointsRefused(server.Name, points, reason, refusedExample ?? "");
        }
    }

    private void Failed(WriteAnswer answer)
    {
        var why = ProblemOf(answer);
        bool isNew;
        lock (gate)
        {
            isNew = problem is null;
            problem = why;
        }

        // Without a spool, what only an operator can help with is the error of whoever writes, who tells of it.
        if (isNew && !(spool is null && answer is WriteAnswer.Misconfigured))
        {
            Away(server.Name, why, spool is null ? "trying again" : "they wait on disk");
        }
    }

    private void WakeDrain()
    {
        try
        {
            spooled.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    private static string ProblemOf(WriteAnswer answer) => answer switch
    {
        WriteAnswer.Later later => later.Problem,
        WriteAnswer.Misconfigured misconfigured => misconfigured.Problem,
        _ => string.Create(CultureInfo.InvariantCulture, $"unexpected {answer.GetType().Name}"),
    };

    /// <summary>Behind how many bytes so many lines end.</summary>
    private static int Middle(ReadOnlySpan<byte> lines, int count)
    {
        var position = 0;
        for (var line = 0; line < count; line++)
        {
            position += lines[position..].IndexOf((byte)'\n') + 1;
        }

        return position;
    }

    private static PooledBuffer Compress(ReadOnlySpan<byte> lines)
    {
        var buffer = new PooledBuffer(Math.Max(1024, lines.Length / 4));
        using (var gzip = new GZipStream(new BufferStream(buffer), CompressionLevel.Fastest))
        {
            gzip.Write(lines);
        }

        return buffer;
    }

    /// <summary>Points on their way.</summary>
    private sealed class Batch(SeriesPlace place) : IDisposable
    {
        private readonly PooledBuffer bytes = new(256 * 1024);

        public SeriesPlace Place => place;

        public int Points { get; private set; }

        public int Bytes => bytes.Length;

        public ReadOnlyMemory<byte> Written => bytes.Written;

        public void Add(ReadOnlySpan<byte> lines, int points)
        {
            lines.CopyTo(bytes.GetSpan(lines.Length));
            bytes.Advance(lines.Length);
            Points += points;
        }

        public void Dispose() => bytes.Dispose();
    }

    /// <summary>A stream into a buffer.</summary>
    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => buffer.Length;

        public override long Position
        {
            get => buffer.Length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(buffer.GetSpan(bytes.Length));
            buffer.Advance(bytes.Length);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
