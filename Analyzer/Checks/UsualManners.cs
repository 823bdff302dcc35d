using Analyzer.Catchments;
using Analyzer.Time;
using Collector.Results;
using static Analyzer.Checks.CheckText;

namespace Analyzer.Checks;

/// <summary>In which manners a target's own servers answer each question, by what nearly all probes get.</summary>
/// <remarks>
/// The servers of one service are set up alike: all of them say their name, or all refuse to. Where nearly all probes get <c>REFUSED</c> and
/// one gets a name, or <c>NOTIMP</c>, it was not the service that answered it. Names are not compared here.
/// </remarks>
internal sealed class UsualManners
{
    // Some services are set up in two ways. What fewer probes than this get is no third one.
    private const double LeastShare = 0.1;

    private readonly Dictionary<string, Usual> byQuestion = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="Manners">Most frequent first; a text may come with any code, and the code of one that does is not looked at.</param>
    /// <param name="Share">The share of the probes that get one of them.</param>
    public sealed record Usual(IReadOnlyList<(bool HasText, int Rcode)> Manners, double Share)
    {
        public bool HasText => Manners.Any(manner => manner.HasText);

        public string Words => string.Join(" or ", Manners.Select(manner => manner.HasText ? "one" : manner.Rcode == AnswerManner.Silence ? "no answer at all" : $"{Rcodes.Name(manner.Rcode)} without one"));

        public bool IsForeign(AnswerManner manner) => manner.Rcode >= 0 && !Manners.Contains(KeyOf(manner));
    }

    /// <summary>Learns them.</summary>
    /// <param name="catchment">Read with series.</param>
    /// <param name="majority">The share of the probes that must be answered in these manners.</param>
    /// <param name="peers">The probes that it takes.</param>
    public static UsualManners Of(Catchment catchment, double majority, int peers)
    {
        var usual = new UsualManners();
        var most = catchment.Probes
            .SelectMany(probe => (probe.Series?.Manners ?? []).Where(manner => manner.Rcode >= 0 || manner.IsSilence).GroupBy(manner => manner.Question, StringComparer.OrdinalIgnoreCase))
            .Select(question => question.MaxBy(manner => manner.Answers)!);
        foreach (var asked in most.GroupBy(manner => manner.Question, StringComparer.OrdinalIgnoreCase))
        {
            // Some services answer no such question at all. Where a PoP answers anybody, silence is a fault and no manner.
            var silent = asked.Count(manner => manner.IsSilence);
            if (silent >= peers && silent >= majority * asked.Count() && catchment.Attributed == 0)
            {
                usual.byQuestion[asked.Key] = new Usual([(false, AnswerManner.Silence)], (double)silent / asked.Count());
                continue;
            }

            var question = asked.Where(manner => !manner.IsSilence).ToList();
            var all = question.Count;
            var ours = question.CountBy(KeyOf).Where(pair => pair.Value >= LeastShare * all).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).ToList();
            var share = (double)ours.Sum(pair => pair.Value) / all;
            if (all >= peers && share >= majority)
            {
                usual.byQuestion[asked.Key] = new Usual([.. ours.Select(pair => pair.Key)], share);
            }
        }

        return usual;
    }

    /// <summary>How a question is answered; null: there is no saying.</summary>
    public Usual? Find(string question) => byQuestion.GetValueOrDefault(question);

    /// <summary>A manner in words.</summary>
    public static string Words(AnswerManner manner) =>
        manner.HasText ? manner.Text is { } text ? $"the name \"{Quoted.Value(text)}\"" : "a name" : Invariant($"no name ({Rcodes.Name(manner.Rcode)})");

    private static (bool HasText, int Rcode) KeyOf(AnswerManner manner) => (manner.HasText, manner.HasText ? 0 : manner.Rcode);
}
