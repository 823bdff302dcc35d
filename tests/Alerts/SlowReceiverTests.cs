using App.Alerts;
using App.Alerts.Rules;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Atlas;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

/// <summary>Receivers that answer never, late or not as agreed, whatever their sender is: mail like webhooks.</summary>
public sealed class SlowReceiverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HandTime time = new();

    [Fact]
    public async Task A_receiver_that_never_answers_is_given_up_in_time_and_told_later()
    {
        var sender = new Sender(_ => new TaskCompletionSource<Delivery>().Task);
        var worker = Worker(sender, TimeSpan.FromMilliseconds(50));
        var next = await RunAsync(worker);
        Assert.Contains("no end of an attempt within", worker.State.Problem, StringComparison.Ordinal);
        Assert.True(next > time.Now, "it is tried again later");
        Assert.False(worker.HasTold(Alert().Fingerprint));
        Assert.True(sender.Tokens.TrueForAll(token => token.IsCancellationRequested), "whoever heeds the token is ended");

        // Nothing is lost meanwhile: as soon as it answers it is told.
        sender.Answer = _ => Task.FromResult<Delivery>(new Delivery.Done());
        time.Now = next!.Value;
        await RunAsync(worker);
        Assert.True(worker.HasTold(Alert().Fingerprint));
        Assert.Null(worker.State.Problem);
    }

    [Fact]
    public async Task A_receiver_that_is_late_is_told_once()
    {
        var late = new TaskCompletionSource<Delivery>();
        var sender = new Sender(_ => late.Task);
        var worker = Worker(sender, Patience);
        var running = RunAsync(worker);
        await sender.Asked.WaitAsync(Patience);
        Assert.False(running.IsCompleted);
        Assert.True(worker.IsBusy);
        late.SetResult(new Delivery.Done());
        await running;
        Assert.True(worker.HasTold(Alert().Fingerprint));
        await RunAsync(worker);
        Assert.Equal(1, sender.Calls);
    }

    [Fact]
    public async Task A_sender_that_throws_what_nobody_foresaw_is_away_and_its_message_stays_due()
    {
        var sender = new Sender(_ => throw new InvalidOperationException("the protocol\r\nbroke"));
        var worker = Worker(sender, Patience);
        Assert.NotNull(await RunAsync(worker));
        Assert.Equal("InvalidOperationException: the protocol broke", worker.State.Problem);
        Assert.False(worker.HasTold(Alert().Fingerprint));
    }

    [Fact]
    public async Task The_end_of_the_service_does_not_wait_for_a_receiver_that_never_answers()
    {
        var sender = new Sender(_ => new TaskCompletionSource<Delivery>().Task);
        var worker = Worker(sender, Patience);
        using var aborting = new CancellationTokenSource();
        var running = worker.RunOnceAsync(Firing, CancellationToken.None, aborting.Token);
        await sender.Asked.WaitAsync(Patience);
        await aborting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        Assert.False(worker.HasTold(Alert().Fingerprint));
    }

    [Fact]
    public async Task One_that_never_answers_holds_up_no_other()
    {
        var hanging = Worker(new Sender(_ => new TaskCompletionSource<Delivery>().Task), Patience);
        var sound = Worker(new Sender(_ => Task.FromResult<Delivery>(new Delivery.Done())), Patience);
        using var aborting = new CancellationTokenSource();
        var waiting = hanging.RunOnceAsync(Firing, CancellationToken.None, aborting.Token);
        await RunAsync(sound);
        Assert.True(sound.HasTold(Alert().Fingerprint));
        await aborting.CancelAsync();
        await Streaming.Waiting.End(waiting);
    }

    private RouteWorker Worker(IAlertSender sender, TimeSpan longest) =>
        new(Route() with { GroupWait = TimeSpan.Zero }, sender, [], null, _ => true, () => true, time, NullLogger.Instance, longest);

    private static Task<DateTimeOffset?> RunAsync(RouteWorker worker) => worker.RunOnceAsync(Firing, CancellationToken.None, CancellationToken.None).WaitAsync(Patience);

    private static AlertSnapshot Firing() => new(Book(Alert()), []);

    private sealed class Sender(Func<Notification, Task<Delivery>> answer) : IAlertSender
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<Notification, Task<Delivery>> Answer { get; set; } = answer;

        public Task Asked => asked.Task;

        public int Calls { get; private set; }

        public List<CancellationToken> Tokens { get; } = [];

        public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken)
        {
            Calls++;
            Tokens.Add(cancellationToken);
            asked.TrySetResult();
            return Answer(message);
        }

        public Task<Delivery> LookAsync(CancellationToken cancellationToken) => Task.FromResult<Delivery>(new Delivery.Done());
    }

    /// <summary>A clock whose waits take no time.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly SkippingTime skipping = new();

        public DateTimeOffset Now { get; set; } = At(1);

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => skipping.CreateTimer(callback, state, dueTime, period);
    }
}
