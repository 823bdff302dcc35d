using System.Text;
using Collector.Probes;
using Xunit;

namespace Tests.Probes;

/// <summary>Runs when nothing else does, because the process' memory belongs to all tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
public sealed class ProbeFileMemoryTests
{
    [Fact]
    public void Memory_does_not_grow_with_the_number_of_probes()
    {
        // 60,000 probes are some 70 MB; the reader may hold a chunk and an object.
        var early = 0L;
        var late = 0L;
        var count = 0;
        var whole = new ProbeFileTests.RepeatedStream("{\"objects\":["u8.ToArray(), Encoding.UTF8.GetBytes(ProbeFileTests.B.PadRight(1200) + ","), 60_000);
        var summary = ProbeFile.Read(whole, _ =>
        {
            count++;
            if (count is 5_000 or 60_000)
            {
                (early, late) = (late, GC.GetTotalMemory(forceFullCollection: true));
            }
        });
        Assert.Equal(60_000, summary.Probes);
        Assert.InRange(late - early, long.MinValue, 10_000_000);
    }
}
