using Collector.Network;

namespace Analyzer.Annotations;

/// <summary>What became of a change of the operator's.</summary>
/// <param name="Annotation">The change.</param>
/// <param name="Intent">What it was meant to do; null: unknown, so that it was judged by round-trip times and detours alone.</param>
/// <param name="Services">What it did to each target and family that it may have moved.</param>
public sealed record AnnotationVerdict(Annotation Annotation, ChangeIntent? Intent, IReadOnlyList<ServiceVerdict> Services)
{
    /// <summary>Whether the intent was taken from the text.</summary>
    public bool IsInferred => Intent is not null && Annotation.Intent is null;

    /// <summary>Whether some of it may change, since time is not over.</summary>
    public bool IsProvisional => Services.Any(service => service.IsProvisional);

    /// <summary>All in all. Where targets differ: worse if it is so for more than half of the probes or for all who were moved; else partly, if it
    /// did some of what was intended somewhere.</summary>
    public ChangeVerdict Verdict
    {
        get
        {
            var told = Services.Where(service => service.Verdict is not (ChangeVerdict.TooFew or ChangeVerdict.TooEarly)).ToList();
            if (told.Count == 0)
            {
                return Services.Any(service => service.Verdict == ChangeVerdict.TooEarly) ? ChangeVerdict.TooEarly : ChangeVerdict.TooFew;
            }

            if (told.TrueForAll(service => service.Verdict == told[0].Verdict))
            {
                return told[0].Verdict;
            }

            var worse = told.Where(service => service.Verdict == ChangeVerdict.Worse).Sum(service => service.Panel);
            var good = told.Any(service => service.Verdict is ChangeVerdict.AsIntended or ChangeVerdict.Partly);
            return worse * 2 > told.Sum(service => service.Panel) || (worse > 0 && !good) ? ChangeVerdict.Worse : ChangeVerdict.Partly;
        }
    }
}
