using App.Inspection;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;
using Tests.Atlas;
using Xunit;

namespace Tests.Series;

/// <summary>What <c>check</c> says of servers that answer as 2.x and 3 do, which no package here brings; of 1.x see <see cref="InfluxDatabaseTests"/>.</summary>
public sealed class InfluxInspectionTests
{
    [Theory]
    [InlineData(InfluxDialect.V2, 204, "", "Ok takes points for anycast")]
    [InlineData(InfluxDialect.V3, 204, "", "Ok takes points for anycast")]
    [InlineData(InfluxDialect.V2, 401, """{"code":"unauthorized","message":"unauthorized access"}""", "Failed : the credentials are not accepted (401: unauthorized access)")]
    [InlineData(InfluxDialect.V3, 401, "", "Failed : the credentials are not accepted (status 401)")]
    [InlineData(InfluxDialect.V2, 403, """{"code":"forbidden","message":"insufficient permissions for write"}""", "Failed : the credentials do not allow to write (403: insufficient permissions for write)")]
    [InlineData(InfluxDialect.V3, 403, "", "Failed : the credentials do not allow to write (status 403)")]
    [InlineData(InfluxDialect.V2, 404, """{"code":"not found","message":"bucket \"anycast\" not found"}""", "Ok has no anycast yet; the first write creates it")]
    [InlineData(InfluxDialect.V2, 422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: write /x: no space left on device dropped=1"}""", "Failed : *no space left on device*")]
    [InlineData(InfluxDialect.V3, 500, "no space left on device", "Failed : 500: no space left on device")]
    [InlineData(InfluxDialect.V2, 503, """{"code":"unavailable","message":"memory cache full"}""", "Failed : *503*")]
    [InlineData(InfluxDialect.V2, 200, "<html>Welcome</html>", "Failed : not what InfluxDB answers*")]
    [InlineData(InfluxDialect.V3, 200, "<html>Welcome</html>", "Failed : not what InfluxDB answers*")]
    public async Task Each_answer_of_a_server_is_one_line(InfluxDialect dialect, int status, string body, string expected)
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.StatusCode = status;
            if (body.Length > 0)
            {
                await context.Response.WriteAsync(body);
            }
        });
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(expected).Replace("\\*", ".*", StringComparison.Ordinal)}$", await SaidAsync(server.Address, dialect));
    }

    [Theory]
    [InlineData(InfluxDialect.V2)]
    [InlineData(InfluxDialect.V3)]
    public async Task A_server_that_does_not_answer_is_given_up_and_said(InfluxDialect dialect)
    {
        var release = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(_ => release.Task);
        Assert.Equal("Failed : no answer within 1 s", await SaidAsync(server.Address, dialect));
        release.SetResult();
    }

    private static async Task<string> SaidAsync(Uri address, InfluxDialect dialect)
    {
        var options = new TimeSeriesOptions { Provider = TimeSeriesProvider.InfluxDb, Url = address, Dialect = dialect, Token = "t", RequestTimeout = TimeSpan.FromSeconds(1) };
        var item = Assert.Single(await TimeSeriesInspector.InspectAsync(options, TimeProvider.System, default));
        Assert.DoesNotContain('\n', item.Finding);
        Assert.StartsWith($"InfluxDB at {address}", item.Finding, StringComparison.Ordinal);
        return $"{item.State} {item.Finding[$"InfluxDB at {address}".Length..].TrimStart()}";
    }
}
