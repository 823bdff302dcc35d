using System.Net;
using System.Net.Sockets;
using System.Text;
using ARSoft.Tools.Net.Dns;
using Collector.Results;
using CsCheck;
using Xunit;
using DnsMessage = ARSoft.Tools.Net.Dns.DnsMessage;

namespace Tests.Results;

/// <summary>DNS messages that a library of others makes, read by our decoder.</summary>
public sealed class ForeignMessageTests
{
    private static readonly byte[] Query =
        [0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, .. "id"u8, 6, .. "server"u8, 0, 0, 16, 0, 3, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0];

    private static readonly Gen<string> Name = Gen.Char["abcxyz0189.-é"].Array[1, 60].Select(characters => new string(characters));

    private static readonly Gen<Reply> Replies = Gen.Select(
        Gen.OneOf(Gen.Const(ReturnCode.NoError), Gen.Const(ReturnCode.ServerFailure), Gen.Const(ReturnCode.NotImplemented), Gen.Const(ReturnCode.Refused)),
        Name.Array[0, 4], Gen.Null(Name), (code, strings, nsid) => new Reply(code, strings, nsid));

    [Fact]
    public async Task What_a_foreign_server_answers_is_read_as_it_was_meant()
    {
        var replies = new Queue<Reply>(Replies.Array[200].Single());
        var address = new IPEndPoint(IPAddress.Loopback, Servers.ServerProgram.FreePort());
        using var server = new DnsServer(new UdpServerTransport(address));
        server.QueryReceived += (_, received) =>
        {
            received.Response = replies.Peek().To((DnsMessage)received.Query);
            return Task.CompletedTask;
        };
        server.Start();
        using var client = new UdpClient();
        client.Connect(address);
        for (; replies.TryPeek(out var reply); replies.Dequeue())
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await client.SendAsync(Query, patience.Token);
            var message = (await client.ReceiveAsync(patience.Token)).Buffer;
            var observation = Recorder.One(
                $$$"""{"type":"dns","msm_id":1,"prb_id":1,"timestamp":5,"result":{"rt":1.5,"abuf":"{{{Convert.ToBase64String(message)}}}"}}""");

            Assert.Equal((Outcome.Answered, "id.server", (int)reply.Code), (observation.Outcome, observation.Query, observation.Rcode));
            Assert.Equal(reply.Strings.Length == 0 ? null : string.Concat(reply.Strings), observation.Identity);
            Assert.Equal(reply.Nsid, observation.Nsid);
        }
    }

    private sealed record Reply(ReturnCode Code, string[] Strings, string? Nsid)
    {
        public DnsMessage To(DnsMessage query)
        {
            var response = query.CreateResponseInstance();
            response.ReturnCode = Code;
            response.EDnsOptions = new OptRecord { UdpPayloadSize = 1232 };
            if (Nsid is not null)
            {
                response.EDnsOptions.Options.Add(new NsIdOption(Encoding.UTF8.GetBytes(Nsid)));
            }

            if (Strings.Length > 0)
            {
                // The library's TXT record is of class IN; this one of CHAOS takes the octets as they are on the wire.
                byte[] data = [.. Strings.Select(Encoding.UTF8.GetBytes).SelectMany(text => (byte[])[(byte)text.Length, .. text])];
                response.AnswerRecords.Add(new UnknownRecord(query.Questions[0].Name, RecordType.Txt, RecordClass.Chaos, 0, data));
            }

            return response;
        }
    }
}
