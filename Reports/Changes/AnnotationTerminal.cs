using System.Globalization;
using Reports.Catchments;
using Reports.Errors;

namespace Reports.Changes;

/// <summary>Changes and their verdicts for people at a terminal, and as CSV.</summary>
internal static class AnnotationTerminal
{
    private const int MostNamed = 8;

    /// <summary>Writes them as text.</summary>
    public static void Write(TextWriter output, IReadOnlyList<AnnotationReport> annotations)
    {
        if (annotations.Count == 0)
        {
            output.Write("No changes of yours are listed under Annotations, or none in this time.\n");
        }

        foreach (var annotation in annotations)
        {
            Line(output, $"{ChangeWords.Minute(annotation.At)} UTC  {annotation.Pop ?? "everywhere"}  {annotation.Text}");
            Line(output, $"  {ChangeWords.Read(annotation.Verdict)}{(annotation.Provisional ? " so far" : "")} (intended: {ChangeWords.Intent(annotation.Intent)}{(annotation.Inferred ? ", by the text" : "")})");
            foreach (var service in annotation.Services)
            {
                Line(output, $"  {service.Target} IPv{service.Family}: {ChangeWords.Read(service.Verdict)}. {service.Text}");
                Line(output, Names("came", service.Gained));
                Line(output, Names("left", service.Lost));
            }
        }
    }

    /// <summary>A line of names, then one line a target and family.</summary>
    public static IEnumerable<string> Csv(IReadOnlyList<AnnotationReport> annotations)
    {
        yield return "at,pop,text,intent,verdict,provisional,target,family,serviceVerdict,panel,clientsBefore,clientsAfter,shareChange,shareLow,shareHigh,rttBeforeMs,rttAfterMs,rttChangeMs,rttLowMs,rttHighMs,detoursBefore,detoursAfter";
        foreach (var annotation in annotations)
        {
            foreach (var service in annotation.Services)
            {
                yield return string.Join(
                    ',',
                    Number(annotation.At), CatchmentCsv.Text(annotation.Pop), CatchmentCsv.Text(annotation.Text), annotation.Intent, annotation.Verdict, annotation.Provisional ? "true" : "false",
                    CatchmentCsv.Text(service.Target), Number(service.Family), service.Verdict, Number(service.Panel), Number(service.Clients?.Before), Number(service.Clients?.After),
                    Number(service.Share?.Mean), Number(service.Share?.Low), Number(service.Share?.High),
                    Number(service.RttMs?.Before), Number(service.RttMs?.After), Number(service.RttMs?.Change?.Mean), Number(service.RttMs?.Change?.Low), Number(service.RttMs?.Change?.High),
                    Number(service.Detours?.Before), Number(service.Detours?.After));
            }
        }
    }

    private static string Names(string word, Moved moved) => moved.Asns.Count + moved.Countries.Count == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"    {word}: {string.Join(", ", moved.Countries.Take(MostNamed).Concat(moved.Asns.Take(MostNamed).Select(moved.Network)))}{(moved.Countries.Count > MostNamed || moved.Asns.Count > MostNamed ? " and more" : "")}");

    private static void Line(TextWriter output, string text)
    {
        if (text.Length > 0)
        {
            output.Write(TerminalText.Line(text) + "\n");
        }
    }

    private static string Number(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
