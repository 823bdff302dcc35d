using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using App.Alerts.Mail;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;
using Xunit;
using static Tests.Alerts.Make;

namespace Tests.Alerts;

public sealed class SmtpTests
{
    private static readonly Links Links = new(new Uri("https://anycast.example.net/"), null);

    [Fact]
    public async Task A_message_is_mail_in_plain_text_and_html_with_all_that_a_mail_program_needs()
    {
        await using var server = new SmtpServer();
        Assert.Equal(new Delivery.Done(), await SendAsync(Options(server) with { To = ["noc@example.net", "boss@example.net"] }, Message(Alert(), Alert(asn: "64502").Resolved(30))));
        Assert.Equal(
            ["EHLO [127.0.0.1]", "MAIL FROM:<measurement@example.org>", "RCPT TO:<noc@example.net>", "RCPT TO:<boss@example.net>", "DATA", "QUIT"], server.Said);
        var (headers, plain, html) = Parts(Assert.Single(server.Messages));
        Assert.Equal("Measurement <measurement@example.org>", headers["From"]);
        Assert.Equal("noc@example.net, boss@example.net", headers["To"]);
        Assert.Equal("[critical] black-hole, ns-a (1 firing, 1 resolved)", headers["Subject"]);
        Assert.Equal("Fri, 20 Nov 2026 12:00:00 +0000", headers["Date"]);
        Assert.Equal("auto-generated", headers["Auto-Submitted"]);
        Assert.Matches("^<[0-9a-f]{16}-0@example.org>$", headers["Message-ID"]);
        Assert.False(headers.ContainsKey("References"));
        Assert.Contains("CRITICAL  black-hole: AS64501 on ns-a over IPv4\r\nsince 2026-11-20 12:00 UTC\r\n\r\nAS64501 cannot reach ns-a.\r\n\r\nCall them.\r\nhttps://anycast.example.net/findings?check=black-hole\r\n", plain, StringComparison.Ordinal);
        Assert.Contains("RESOLVED  black-hole: AS64502 on ns-a over IPv4\r\nsince 2026-11-20 12:00 UTC, resolved 2026-11-20 12:30 UTC", plain, StringComparison.Ordinal);
        Assert.Contains("<p>AS64501 cannot reach ns-a.</p>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mails_of_a_group_are_one_thread_and_a_repetition_has_the_same_id()
    {
        var first = Message(Alert());
        var second = first with { Group = first.Group with { Messages = 1 } };
        var (one, again, next) = (Headers(first), Headers(first), Headers(second));
        Assert.Equal(one["Message-ID"], again["Message-ID"]);
        Assert.NotEqual(one["Message-ID"], next["Message-ID"]);
        Assert.Equal(one["Message-ID"], next["References"]);
        Assert.Equal(one["Message-ID"], next["In-Reply-To"]);
    }

    [Fact]
    public async Task The_connection_is_encrypted_before_anything_is_told_or_not_used()
    {
        var (certificate, digest) = Receiver.SelfSigned();
        using (certificate)
        {
            await using var server = new SmtpServer { Certificate = certificate, Offers = "AUTH PLAIN LOGIN" };
            var options = Options(server) with { Security = SmtpSecurity.StartTls, User = "me", Password = "p4ss" };
            var refused = Assert.IsType<Delivery.Away>(await SendAsync(options, Message(Alert())));
            Assert.Contains("no trusted TLS connection", refused.Problem, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Said, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));

            await using var named = new SmtpServer { Certificate = certificate, Offers = "AUTH PLAIN LOGIN" };
            Assert.Equal(new Delivery.Done(), await SendAsync(options with { Port = named.Port, CertificateSha256 = digest }, Message(Alert())));
            Assert.Equal(["EHLO [127.0.0.1]", "STARTTLS", "(TLS)", "EHLO [127.0.0.1]", "AUTH PLAIN AG1lAHA0c3M=", "MAIL FROM:<measurement@example.org>"], named.Said.Take(6));

            await using var plain = new SmtpServer { Offers = "AUTH PLAIN" };
            Assert.Equal(
                new Delivery.Refused($"127.0.0.1:{plain.Port} does not offer STARTTLS"), await SendAsync(Options(plain) with { Security = SmtpSecurity.StartTls, User = "me", Password = "p4ss" }, Message(Alert())));
            Assert.Equal(["EHLO [127.0.0.1]"], plain.Said);
        }
    }

    [Fact]
    public async Task A_server_that_encrypts_from_the_beginning_is_spoken_to_so()
    {
        var (certificate, digest) = Receiver.SelfSigned();
        using (certificate)
        {
            await using var server = new SmtpServer { Certificate = certificate, IsEncryptedAtOnce = true, Offers = "AUTH LOGIN" };
            var options = Options(server) with { Security = SmtpSecurity.Tls, CertificateSha256 = digest, User = "me", Password = "p4ss" };
            Assert.Equal(new Delivery.Done(), await SendAsync(options, Message(Alert())));
            Assert.Equal(["(TLS)", "EHLO [127.0.0.1]", "AUTH LOGIN", "bWU=", "cDRzcw=="], server.Said.Take(5));
            Assert.Equal(new Delivery.Done($"127.0.0.1:{server.Port} answers over TLS and takes the login"), await new SmtpSender(options, Links, TimeProvider.System).LookAsync(default));
            Assert.Single(server.Messages);
        }
    }

    [Fact]
    public async Task A_login_that_is_refused_is_said_without_the_password()
    {
        await using var server = new SmtpServer { Offers = "AUTH PLAIN", Answer = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 wrong" : null };
        var options = Options(server) with { User = "me", Password = "p4ss" };
        Assert.Equal(new Delivery.Refused($"127.0.0.1:{server.Port} refused the login: 535 5.7.8 wrong"), await SendAsync(options, Message(Alert())));
        Assert.Equal(new Delivery.Refused($"127.0.0.1:{server.Port} refused the login: 535 5.7.8 wrong"), await new SmtpSender(options, Links, TimeProvider.System).LookAsync(default));
        Assert.DoesNotContain("p4ss", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MAIL", "451 later", false)]
    [InlineData("MAIL", "550 you are not welcome", true)]
    [InlineData("RCPT", "450 greylisted", false)]
    [InlineData("RCPT", "550 no such user", true)]
    [InlineData("DATA", "421 going down", false)]
    [InlineData("(message)", "452 disk full", false)]
    [InlineData("(message)", "554 looks like spam", true)]
    public async Task What_may_pass_is_told_from_what_will_not(string at, string answer, bool isLasting)
    {
        await using var server = new SmtpServer { Answer = line => line.StartsWith(at, StringComparison.Ordinal) ? answer : null };
        var outcome = await SendAsync(Options(server), Message(Alert()));
        var problem = isLasting ? Assert.IsType<Delivery.Refused>(outcome).Problem : Assert.IsType<Delivery.Away>(outcome).Problem;
        Assert.Contains(answer, problem, StringComparison.Ordinal);
        Assert.Empty(server.Messages);
    }

    /// <summary>With pipelining all recipients are named before the first is answered.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("PIPELINING")]
    public async Task A_recipient_that_does_not_exist_keeps_nothing_from_the_others(string offers)
    {
        await using var server = new SmtpServer { Offers = offers, Answer = line => line.Contains("gone@", StringComparison.Ordinal) ? "550 no such user" : null };
        var done = Assert.IsType<Delivery.Done>(await SendAsync(Options(server) with { To = ["gone@example.net", "noc@example.net"] }, Message(Alert())));
        Assert.Equal($"127.0.0.1:{server.Port}: refused gone@example.net: 550 no such user", done.Note);
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task A_server_that_hangs_up_in_the_middle_is_tried_again_later()
    {
        await using var server = new SmtpServer { HangsUpInData = true };
        Assert.IsType<Delivery.Away>(await SendAsync(Options(server), Message(Alert())));
        Assert.Empty(server.Messages);
        await using var curt = new SmtpServer { Answer = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "" : null };
        Assert.Equal(new Delivery.Away($"127.0.0.1:{curt.Port}: the connection was closed"), await SendAsync(Options(curt), Message(Alert())));
    }

    [Fact]
    public async Task A_server_that_says_nothing_costs_its_time_limit_and_no_more()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var outcome = await SendAsync(Options(port) with { Timeout = TimeSpan.FromMilliseconds(300) }, Message(Alert()));
        Assert.Equal(new Delivery.Away($"127.0.0.1:{port} did not answer within 0.3 s"), outcome);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request", "speaks no SMTP: HTTP/1.1 400 Bad Request")]
    [InlineData("250-x\r\n", "answers without end")]
    [InlineData("250 yyyy", "answers with a line that is too long")]
    public async Task What_is_no_mail_server_is_given_up(string answer, string problem)
    {
        var text = answer[^1] == '\n' ? string.Concat(Enumerable.Repeat(answer, 200)) + "250 x" : answer.EndsWith("yyyy", StringComparison.Ordinal) ? answer + new string('y', 10_000) : answer;
        await using var server = new SmtpServer { Answer = _ => text };
        Assert.Equal(new Delivery.Away($"127.0.0.1:{server.Port} {problem}"), await SendAsync(Options(server), Message(Alert())));
    }

    [Fact]
    public async Task What_strangers_wrote_makes_no_header_no_markup_and_no_end_of_the_message()
    {
        await using var server = new SmtpServer();
        var hostile = Alert(target: HostileText, asn: HostileText, message: HostileText);
        Assert.Equal(new Delivery.Done(), await SendAsync(Options(server), Message(hostile)));
        Assert.Equal(["EHLO", "MAIL", "RCPT", "DATA", "QUIT"], server.Said.Select(line => line.Split(' ')[0]));
        var (headers, plain, html) = Parts(Assert.Single(server.Messages));
        Assert.Equal(
            ["Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "MIME-Version", "Subject", "To", "X-Auto-Response-Suppress"],
            headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.StartsWith("[critical] black-hole: AS\"><script>alert(1)</script>=cmd()  Bcc: everybody@example.net", headers["Subject"], StringComparison.Ordinal);
        Assert.Contains("\"><script>alert(1)</script>=cmd()", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Messages.Single(), letter => letter is > '~' or (< ' ' and not '\r' and not '\n'));
        Assert.All(server.Messages.Single().Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("São Paulo ✈ 東京 and so many more words that no single line of a header can hold them", "São Paulo ✈ 東京 and so many more words that no single line of a header can hold them")]
    [InlineData("a\r\nBcc: x", "a  Bcc: x")]
    [InlineData("=?utf-8?B?eA==?=", "= ?utf-8?B?eA== ?=")]
    public void A_subject_holds_what_is_written_and_nothing_else(string text, string expected)
    {
        var mail = Text(MailMessage.Of(Message(Alert(target: text)), Links, "measurement@example.org", ["noc@example.net"]));
        Assert.All(mail.Split("\r\n"), line => Assert.True(line.Length <= 78 && line.All(letter => letter is >= ' ' and <= '~' or '\t'), line));
        var (headers, _, _) = Parts(mail);
        Assert.Equal($"[critical] black-hole: AS64501 on {expected} over IPv4", headers["Subject"]);
        Assert.False(headers.ContainsKey("Bcc"));
    }

    [Theory]
    [InlineData("EHLO")]
    [InlineData("AUTH")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData("(message)")]
    public async Task A_server_that_falls_silent_in_the_middle_costs_its_time_limit_and_no_more(string at)
    {
        await using var server = new SmtpServer { SilentAt = at, Offers = "AUTH PLAIN" };
        var outcome = await SendAsync(Options(server) with { User = "me", Password = "p4ss", Timeout = TimeSpan.FromMilliseconds(500) }, Message(Alert()));
        Assert.Equal(new Delivery.Away($"127.0.0.1:{server.Port} did not answer within 0.5 s"), outcome);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task A_server_that_took_the_message_and_says_no_good_bye_has_taken_it()
    {
        await using var server = new SmtpServer { SilentAt = "QUIT" };
        Assert.Equal(new Delivery.Done(), await SendAsync(Options(server) with { Timeout = TimeSpan.FromSeconds(5) }, Message(Alert())));
        Assert.Single(server.Messages);
    }

    [Fact]
    public async Task Who_stops_waiting_is_not_told_that_the_server_is_away()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new SmtpServer
        {
            SilentAt = "DATA",
            Answer = line =>
            {
                if (line.StartsWith("RCPT", StringComparison.Ordinal))
                {
                    stop.CancelAfter(0);
                }

                return null;
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SmtpSender(Options(server), Links, TimeProvider.System).SendAsync(Message(Alert()), stop.Token));
    }

    /// <summary>Words that arrive before the encryption begins are nobody's: they must not pass for the encrypted server's.</summary>
    [Fact]
    public async Task What_was_said_before_the_encryption_does_not_count_behind_it()
    {
        var (certificate, digest) = Receiver.SelfSigned();
        using (certificate)
        {
            await using var server = new SmtpServer
            {
                Certificate = certificate,
                Offers = "AUTH PLAIN",
                Answer = line => line is "STARTTLS" ? "220 go ahead\r\n250-thief\r\n250 AUTH LOGIN" : null,
            };
            var outcome = await SendAsync(
                Options(server) with { Security = SmtpSecurity.StartTls, CertificateSha256 = digest, User = "me", Password = "p4ss", Timeout = TimeSpan.FromSeconds(5) }, Message(Alert()));
            Assert.DoesNotContain("AUTH LOGIN", server.Said);
            Assert.True(outcome is Delivery.Done ? server.Said.Contains("AUTH PLAIN AG1lAHA0c3M=") : server.Messages.IsEmpty, outcome.ToString());
        }
    }

    /// <summary>Only MailKit can do this here: the password itself is not sent (RFC 2195).</summary>
    [Fact]
    public async Task A_server_that_takes_no_password_as_it_is_gets_what_proves_that_we_know_it()
    {
        await using var server = new SmtpServer { Offers = "AUTH CRAM-MD5" };
        Assert.Equal(new Delivery.Done(), await SendAsync(Options(server) with { User = "me", Password = "p4ss" }, Message(Alert())));
#pragma warning disable CA5351 // It is the server's choice.
        var proof = Convert.ToHexStringLower(System.Security.Cryptography.HMACMD5.HashData("p4ss"u8, "<1@test>"u8));
#pragma warning restore CA5351
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes($"me {proof}")), server.Said);
        Assert.Single(server.Messages);
    }

    private static SmtpOptions Options(SmtpServer server) => Options(server.Port);

    private static SmtpOptions Options(int port) => new()
    {
        Name = "mail",
        Host = "127.0.0.1",
        Port = port,
        Security = SmtpSecurity.None,
        From = "measurement@example.org",
        To = ["noc@example.net"],
        Timeout = TimeSpan.FromMinutes(1),
    };

    private static Task<Delivery> SendAsync(SmtpOptions options, Notification message) => new SmtpSender(options, Links, TimeProvider.System).SendAsync(message, default);

    private static Dictionary<string, string> Headers(Notification message) => Parts(Text(MailMessage.Of(message, Links, "measurement@example.org", ["noc@example.net"]))).Headers;

    private static string Text(MimeKit.MimeMessage message)
    {
        using var text = new MemoryStream();
        message.WriteTo(new MimeKit.FormatOptions { NewLineFormat = MimeKit.NewLineFormat.Dos }, text);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>A message taken apart as a mail program would: headers unfolded and decoded, both parts as text.</summary>
    private static (Dictionary<string, string> Headers, string Plain, string Html) Parts(string message)
    {
        var head = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        var headers = Regex.Replace(head, "\r\n[ \t]", " ").Split("\r\n").Select(line => line.Split(": ", 2)).ToDictionary(
            header => header[0], header => Decoded(header[1]), StringComparer.OrdinalIgnoreCase);
        var boundary = Regex.Match(headers["Content-Type"], "boundary=\"?([^\";]+)").Groups[1].Value;
        var parts = message.Split($"--{boundary}");
        Assert.Equal(4, parts.Length);
        Assert.Equal("--\r\n", parts[3]);
        return (headers, Body(parts[1], "text/plain"), Body(parts[2], "text/html"));

        // Encoded words (RFC 2047) of either kind; one character may be cut by two of them.
        static string Decoded(string text) => Regex.Replace(text, @"=\?utf-8\?[BbQq]\?[^?]*\?=(\s+=\?utf-8\?[BbQq]\?[^?]*\?=)*", words => Encoding.UTF8.GetString(
            [.. Regex.Matches(words.Value, @"=\?utf-8\?([BbQq])\?([^?]*)\?=").SelectMany(word => word.Groups[1].Value is "B" or "b"
                ? Convert.FromBase64String(word.Groups[2].Value)
                : Encoding.Latin1.GetBytes(Regex.Replace(word.Groups[2].Value.Replace('_', ' '), "=([0-9A-Fa-f]{2})", octet => ((char)Convert.ToByte(octet.Groups[1].Value, 16)).ToString())))]));

        static string Body(string part, string type)
        {
            Assert.StartsWith($"\r\nContent-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", part, StringComparison.Ordinal);
            return Encoding.UTF8.GetString(Convert.FromBase64String(part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));
        }
    }
}
