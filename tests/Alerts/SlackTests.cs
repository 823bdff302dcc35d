using System.Text.Json;
using Analyzer.Findings;
using App.Alerts.Http;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

public sealed class SlackTests
{
    private static readonly Links Links = new(new Uri("https://anycast.example.net"), new Uri("https://wiki.example.net/checks"));

    [Fact]
    public async Task A_chat_gets_a_line_and_one_attachment_an_alert()
    {
        await using var receiver = await Receiver.StartAsync();
        using var sender = new SlackSender(new SlackOptions { Name = "chat", Url = receiver.Url, Channel = "#noc" }, Links, TimeProvider.System);
        Assert.Equal(new Delivery.Done(), await sender.SendAsync(Message(Alert(), Alert(asn: "64502").Resolved(30)), default));
        var json = (await receiver.NextAsync()).Json;
        Assert.Equal("#noc", json.GetProperty("channel").GetString());
        Assert.Equal("Critical: black-hole, ns-a (1 firing, 1 resolved) <https://anycast.example.net/alerts|all alerts>", json.GetProperty("text").GetString());
        var (firing, resolved) = (json.GetProperty("attachments")[0], json.GetProperty("attachments")[1]);
        Assert.Equal(
            ("Critical: black-hole: AS64501 on ns-a over IPv4", "https://anycast.example.net/findings?check=black-hole", "#c62828"),
            (firing.GetProperty("title").GetString(), firing.GetProperty("title_link").GetString(), firing.GetProperty("color").GetString()));
        Assert.Equal("AS64501 cannot reach ns-a.\nCall them.\n<https://wiki.example.net/checks/black-hole.md|What black-hole means>", firing.GetProperty("text").GetString());
        Assert.Equal(("Resolved: black-hole: AS64502 on ns-a over IPv4", "AS64502 cannot reach ns-a."), (resolved.GetProperty("title").GetString(), resolved.GetProperty("text").GetString()));
    }

    [Fact]
    public void What_strangers_wrote_wakes_nobody_links_nowhere_and_is_of_bounded_length()
    {
        using var json = JsonDocument.Parse(SlackJson.Of(Message(Alert(target: HostileText, asn: HostileText, message: HostileText)), Links, null));
        var attachment = json.RootElement.GetProperty("attachments")[0];
        Assert.Empty(attachment.GetProperty("mrkdwn_in").EnumerateArray());
        Assert.False(json.RootElement.GetProperty("link_names").GetBoolean());
        foreach (var text in new[] { json.RootElement.GetProperty("text"), attachment.GetProperty("title"), attachment.GetProperty("fallback"), attachment.GetProperty("text") }.Select(text => text.GetString()!))
        {
            // What is left of markup is our own two links.
            var rest = text.Replace("<https://anycast.example.net/alerts|all alerts>", "", StringComparison.Ordinal).Replace("<https://wiki.example.net/checks/black-hole.md|What black-hole means>", "", StringComparison.Ordinal);
            Assert.DoesNotContain(rest, letter => letter is '<' or '>' or '\0' or '\u001b' or '\u202e' or '\r');
            Assert.DoesNotContain("@here", rest, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;", rest, StringComparison.Ordinal);
            Assert.True(text.Length < 6000);
        }

        Assert.Contains("&lt;!channel&gt; &lt;@\u200bU123&gt;", attachment.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_alerts_the_first_are_written_out()
    {
        var many = Enumerable.Range(1, 40).Select(asn => Alert(asn: asn.ToString(System.Globalization.CultureInfo.InvariantCulture), severity: Severity.Warning)).ToArray();
        using var json = JsonDocument.Parse(SlackJson.Of(Message(many), Links, null));
        Assert.Equal(10, json.RootElement.GetProperty("attachments").GetArrayLength());
        Assert.StartsWith("Warning: black-hole, ns-a (40 firing); the first 10 of 40", json.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }
}
