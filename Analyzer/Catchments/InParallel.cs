using System.Runtime.ExceptionServices;

namespace Analyzer.Catchments;

/// <summary>Reads several things at a time, as many as there are cores.</summary>
public static class InParallel
{
    /// <summary>Does each of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="each">Does one, by its position.</param>
    /// <param name="cancellation">Begins no more of them.</param>
    /// <remarks>What goes wrong with one goes wrong with all, and is thrown as it was: a store that cannot be read is an <see cref="IOException"/>,
    /// however many were reading it.</remarks>
    public static void For(int count, Action<int> each, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation }, each);
        }
        catch (AggregateException problems)
        {
            ExceptionDispatchInfo.Throw(problems.InnerExceptions[0]);
        }
    }
}
