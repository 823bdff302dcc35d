using System.Text;
using Collector.Atlas;
using Xunit;

namespace Tests.Atlas;

public sealed class ResultStreamTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("{\"a\":1}\n{\"b\":2}\n")]
    [InlineData("{\"a\":1}\n{\"b\":{\"c\":\"}\"}}")]
    [InlineData("{\"a\":1}\r\n{\"b\":2}\r\n  ")]
    [InlineData("[{\"a\":1}\n,{\"b\":2}]")]
    [InlineData(" [ ] \n")]
    public void A_sound_end_is_an_end(string text)
    {
        foreach (var chunk in new[] { 1, 3, 1000 })
        {
            using var body = Body(text, chunk);
            using var reader = new StreamReader(body);
            Assert.Equal(text, reader.ReadToEnd());
            Assert.True(body.IsComplete);
            Assert.Equal(text.Length, body.BytesRead);
        }
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2", true)]
    [InlineData("{\"a\":1}\n{\"b\":{\"c\":2}", true)]
    [InlineData("{\"a\":1}\n{", true)]
    [InlineData("{\"a\":1", false)]
    [InlineData("\n{\"a\":1", false)]
    [InlineData("[{\"a\":1},{\"b\":2}", false)]
    [InlineData("[", false)]
    public void A_text_that_stops_inside_a_value_is_cut_off(string text, bool behindLines)
    {
        foreach (var chunk in new[] { 1, 3, 1000 })
        {
            using var body = Body(text, chunk);
            using var copy = new MemoryStream();
            var problem = Assert.Throws<CutOffException>(() => body.CopyTo(copy));
            Assert.Equal(behindLines, problem.InsideLine);
            Assert.Same(problem, body.Failure);
            Assert.Equal(text, Encoding.UTF8.GetString(copy.ToArray()));
            Assert.False(body.IsComplete);
        }
    }

    [Theory]
    [InlineData("<html>\n</html>\n")]
    [InlineData("\n\n502 Bad Gateway\n")]
    public void A_page_of_a_proxy_is_no_result(string text)
    {
        using var body = Body(text, 1000);
        using var copy = new MemoryStream();
        var problem = Assert.Throws<CutOffException>(() => body.CopyTo(copy));
        Assert.Contains("not JSON", problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, copy.Length);
    }

    [Fact]
    public void Odd_ends_can_be_tolerated()
    {
        using var body = Body("{\"a\":1}\n{\"b\"", 5);
        body.ToleratesOddEnd = true;
        using var reader = new StreamReader(body);
        Assert.EndsWith("{\"b\"", reader.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(body.IsComplete);
    }

    [Fact]
    public void A_broken_connection_is_cut_off_not_an_end()
    {
        using var body = new ResultStream(new Chunks("{}\n", 10, () => throw new HttpIOException(HttpRequestError.ResponseEnded)), "GET x", TimeSpan.FromMinutes(2), new SkippingTime());
        var problem = Assert.Throws<CutOffException>(() => body.CopyTo(Stream.Null));
        Assert.False(problem.InsideLine);
        Assert.Equal(3, problem.Bytes);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_cut_off()
    {
        var time = new SkippingTime();
        await using var body = new ResultStream(new Chunks("{}\n", 10, hang: true), "GET x", TimeSpan.FromMinutes(2), time);
        var buffer = new byte[100];
        Assert.Equal(3, await body.ReadAsync(buffer));
        var reading = body.ReadAsync(buffer).AsTask();
        time.Expire();
        var problem = await Assert.ThrowsAsync<CutOffException>(() => reading);
        Assert.Contains("nothing came for 120 s", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_not_a_cut()
    {
        using var cancellation = new CancellationTokenSource();
        await using var body = new ResultStream(new Chunks("", 10, hang: true), "GET x", TimeSpan.FromMinutes(2), new SkippingTime());
        var reading = body.ReadAsync(new byte[10], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Null(body.Failure);
    }

    private static ResultStream Body(string text, int chunk) => new(new Chunks(text, chunk), "GET x", TimeSpan.FromMinutes(2), new SkippingTime());

    private sealed class Chunks(string text, int chunk, Action? atEnd = null, bool hang = false) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span[..Math.Min(chunk, buffer.Length)]);
            if (read == 0)
            {
                atEnd?.Invoke();
                if (hang)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }
            }

            return read;
        }
    }
}
