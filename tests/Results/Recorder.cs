using System.Text;
using Collector.Results;
using Xunit;

namespace Tests.Results;

/// <summary>Keeps everything that a decoder hands on.</summary>
internal sealed class Recorder : IResultHandler
{
    public List<Observation> Observations { get; } = [];

    public List<string> Reasons { get; } = [];

    /// <summary>The bytes of each call, accepted or rejected, in their order.</summary>
    public List<string> Results { get; } = [];

    public void Accept(in Observation observation, ReadOnlySpan<byte> result)
    {
        Observations.Add(observation);
        Results.Add(Encoding.UTF8.GetString(result));
    }

    public void Reject(string reason, ReadOnlySpan<byte> result)
    {
        Assert.Contains(reason, RejectionReasons.All);
        Reasons.Add(reason);
        Results.Add(Encoding.UTF8.GetString(result));
    }

    /// <summary>What becomes of one result.</summary>
    public static Recorder Decode(string result)
    {
        var recorder = new Recorder();
        new ResultDecoder().Decode(Encoding.UTF8.GetBytes(result), recorder);
        return recorder;
    }

    /// <summary>The observation of a result that makes one.</summary>
    public static Observation One(string result)
    {
        var recorder = Decode(result);
        Assert.Empty(recorder.Reasons);
        return Assert.Single(recorder.Observations);
    }

    /// <summary>The reason of a result that makes none.</summary>
    public static string Rejected(string result)
    {
        var recorder = Decode(result);
        Assert.Empty(recorder.Observations);
        return Assert.Single(recorder.Reasons);
    }
}
