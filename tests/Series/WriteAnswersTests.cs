using System.Net;
using App.Series.Influx;
using Collector.Configuration;
using Xunit;

namespace Tests.Series;

/// <summary>The answers of the three dialects, as measured on 1.6.7 and read in the sources of 2.x and 3.x.</summary>
public sealed class WriteAnswersTests
{
    [Theory]
    [InlineData(InfluxDialect.V1, 204, "")]
    [InlineData(InfluxDialect.V2, 204, "")]
    [InlineData(InfluxDialect.V3, 204, "")]
    public void Everything_was_kept(InfluxDialect dialect, int status, string body) =>
        Assert.Empty(Assert.IsType<WriteAnswer.Done>(Read(dialect, status, body)).Refused);

    [Theory]
    [InlineData(InfluxDialect.V1, 400, """{"error":"partial write: unable to parse 'm a=': missing field value\nunable to parse 'x': missing fields dropped=0"}""", "malformed", 2)]
    [InlineData(InfluxDialect.V1, 400, """{"error":"unable to parse 'x': missing fields"}""", "malformed", 100)]
    [InlineData(InfluxDialect.V1, 400, """{"error":"partial write: field type conflict: input field \"f\" on measurement \"m\" is type string, already exists as type float dropped=3"}""", "field-type", 3)]
    [InlineData(InfluxDialect.V1, 400, """{"error":"partial write: points beyond retention policy dropped=7"}""", "beyond-retention", 7)]
    [InlineData(InfluxDialect.V2, 422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict: input field \"f\" dropped=2"}""", "field-type", 2)]
    [InlineData(InfluxDialect.V2, 422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: points beyond retention policy dropped=4"}""", "beyond-retention", 4)]
    [InlineData(InfluxDialect.V3, 400, """{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":2,"error_message":"no fields"},{"original_line":"y","line_number":9,"error_message":"no fields"}]}""", "malformed", 2)]
    public void Some_points_are_refused_for_what_they_are_and_the_rest_was_kept(InfluxDialect dialect, int status, string body, string reason, long points)
    {
        var done = Assert.IsType<WriteAnswer.Done>(Read(dialect, status, body));
        Assert.Equal([KeyValuePair.Create(reason, points)], done.Refused);
        Assert.DoesNotContain("\n", done.Example, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InfluxDialect.V2, 400, """{"code":"invalid","message":"unable to parse 'x': missing fields"}""")]
    [InlineData(InfluxDialect.V3, 400, """{"error":"line protocol parsing error","data":{"original_line":"x","line_number":2,"error_message":"no fields"}}""")]
    [InlineData(InfluxDialect.V1, 413, """{"error":"Request Entity Too Large"}""")]
    public void Nothing_was_kept_and_nobody_says_which_are_bad(InfluxDialect dialect, int status, string body) =>
        Assert.IsType<WriteAnswer.Halve>(Read(dialect, status, body));

    /// <summary>Nothing of these may ever count as refused: the points are good.</summary>
    [Theory]
    [InlineData(InfluxDialect.V1, 400, """{"error":"partial write: write /var/lib/influxdb/wal/anycast/autogen/1/_00001.wal: no space left on device dropped=0"}""")]
    [InlineData(InfluxDialect.V2, 422, """{"code":"unprocessable entity","message":"failure writing points to database: partial write: write /x: no space left on device dropped=9"}""")]
    [InlineData(InfluxDialect.V1, 400, """{"error":"partial write: [shard 3] engine is closed dropped=0"}""")]
    [InlineData(InfluxDialect.V1, 503, """{"error":"request throttled, queue full"}""")]
    [InlineData(InfluxDialect.V2, 429, "")]
    [InlineData(InfluxDialect.V1, 500, """{"error":"timeout"}""")]
    [InlineData(InfluxDialect.V3, 500, "")]
    [InlineData(InfluxDialect.V1, 502, "<html>Bad gateway</html>")]
    [InlineData(InfluxDialect.V2, 400, "something that no version is known to say")]
    public void The_servers_trouble_is_waited_for(InfluxDialect dialect, int status, string body) =>
        Assert.IsType<WriteAnswer.Later>(Read(dialect, status, body));

    [Theory]
    [InlineData(InfluxDialect.V1, 404, """{"error":"database not found: \"anycast\""}""", true, "no such database (404: database not found: \"anycast\")")]
    [InlineData(InfluxDialect.V1, 500, """{"error":"retention policy not found: raw"}""", true, "no such retention policy (500: retention policy not found: raw)")]
    [InlineData(InfluxDialect.V2, 404, """{"code":"not found","message":"bucket \"anycast\" not found"}""", true, "no such database (404: bucket \"anycast\" not found)")]
    [InlineData(InfluxDialect.V1, 401, """{"error":"authorization failed"}""", false, "the credentials are not accepted (401: authorization failed)")]
    [InlineData(InfluxDialect.V3, 401, "", false, "the credentials are not accepted (status 401)")]
    [InlineData(InfluxDialect.V2, 403, """{"code":"forbidden","message":"insufficient permissions for write"}""", false, "the credentials do not allow to write (403: insufficient permissions for write)")]
    [InlineData(InfluxDialect.V1, 200, "<html>Welcome</html>", false, "not what InfluxDB answers (200: <html>Welcome</html>); is TimeSeries:Url right?")]
    [InlineData(InfluxDialect.V2, 301, "", false, "not what InfluxDB answers (status 301); is TimeSeries:Url right?")]
    public void What_an_operator_has_to_mend_is_said_in_one_line(InfluxDialect dialect, int status, string body, bool isMissing, string expected) =>
        Assert.Equal(new WriteAnswer.Misconfigured(expected, isMissing), Read(dialect, status, body));

    [Fact]
    public void An_answer_that_was_cut_still_counts_the_lines_it_names()
    {
        var line = "unable to parse 'x': missing fields\\n";
        var body = "{\"error\":\"partial write: " + string.Concat(Enumerable.Repeat(line, 40));
        Assert.Equal(40, Assert.IsType<WriteAnswer.Done>(Read(InfluxDialect.V1, 400, body)).Refused["malformed"]);
    }

    private static WriteAnswer Read(InfluxDialect dialect, int status, string body) => WriteAnswers.Read(dialect, (HttpStatusCode)status, body, points: 100);
}
