using System.Text.Json;
using Analyzer.Findings;
using App.Cli;
using Xunit;

namespace Tests.Cli;

public sealed class FindingsCommandTests
{
    private static readonly Finding Hostile = new(
        "black-hole", Severity.Critical, "=cmd()", 4, new Scope(ScopeKind.Asn, "64501"), DateTimeOffset.FromUnixTimeSeconds(1_763_337_600),
        DateTimeOffset.FromUnixTimeSeconds(1_763_341_200), 0, 1, 3, [7, 8, 9], "\"><script>\n\u001b[31mred", "Call\r\nthem.");

    [Fact]
    public void Json_is_one_array_of_the_contract()
    {
        using var json = JsonDocument.Parse(Written(OutputFormat.Json, Hostile, Hostile));
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Equal("64501", json.RootElement[0].GetProperty("scope").GetProperty("value").GetString());
    }

    [Fact]
    public void Nothing_found_is_an_empty_array() => Assert.Equal("[]\n", Written(OutputFormat.Json));

    [Fact]
    public void Lines_of_JSON_stay_lines_whatever_a_message_holds() => Assert.Equal(2, Written(OutputFormat.Ndjson, Hostile, Hostile).Count(letter => letter == '\n'));

    [Fact]
    public void A_terminal_is_told_no_escapes() => Assert.DoesNotContain('\u001b', Written(OutputFormat.Table, Hostile));

    [Fact]
    public void A_spreadsheet_gets_no_formula_and_whole_cells()
    {
        var text = Written(OutputFormat.Csv, Hostile);
        Assert.Contains("black-hole,critical,'=cmd(),4,asn,64501,1763337600,1763341200,0,1,3,7 8 9,\"\"\"><script>\n", text, StringComparison.Ordinal);
        Assert.EndsWith(",\"Call\r\nthem.\",\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_does_not_exist_is_wrong_usage() =>
        Assert.Equal(ExitCode.WrongUsage, await CommandLine.RunAsync(["findings", "--check", "black-hol", "--quiet"]));

    private static string Written(OutputFormat format, params Finding[] findings)
    {
        using var output = new StringWriter();
        FindingsCommand.Write(findings, format, output);
        return output.ToString();
    }
}
