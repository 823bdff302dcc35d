using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tests.Alerts;

/// <summary>What arrived at a receiver.</summary>
internal sealed record Received(string Path, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Body).RootElement;
}

/// <summary>A receiver of alerts on 127.0.0.1 that does what a test tells it to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Channel<Received> arrivals = Channel.CreateUnbounded<Received>();

    private Receiver(WebApplication application) => this.application = application;

    public Uri Url => new(new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/hook?token=s3cret");

    /// <summary>All that arrived, in order.</summary>
    public ConcurrentQueue<Received> All { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="answer">What it answers to each request, numbered from 1; null: 200.</param>
    /// <param name="certificate">Shown over TLS; null: no TLS.</param>
    public static async Task<Receiver> StartAsync(Func<HttpContext, int, Task>? answer = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var receiver = new Receiver(builder.Build());
        var count = 0;
        receiver.application.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var received = new Received(
                context.Request.Path + context.Request.QueryString, body.ToArray(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
            receiver.All.Enqueue(received);
            await receiver.arrivals.Writer.WriteAsync(received);
            await (answer?.Invoke(context, Interlocked.Increment(ref count)) ?? Task.CompletedTask);
        });
        await receiver.application.StartAsync();
        return receiver;
    }

    /// <summary>The next that arrives; what stands in for a limit is only there to end a test that fails.</summary>
    public async Task<Received> NextAsync() => await arrivals.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>A certificate for 127.0.0.1 and localhost that nobody vouches for, and its digest as an operator would configure it.</summary>
    public static (X509Certificate2 Certificate, string Sha256) SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        return (certificate, Convert.ToHexString(SHA256.HashData(certificate.RawData)));
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }
}
