using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using App.Alerts.Rules;
using Collector.Configuration.Alerts;

namespace App.Alerts.Http;

/// <summary>Tells a receiver of JSON.</summary>
internal sealed class WebhookSender(WebhookOptions options, Links links, TimeProvider time) : IAlertSender, IDisposable
{
    /// <summary>The header of the signature: <c>t=1763740000,v1=HEX</c>, the HMAC-SHA256 over the time, a point and the body.</summary>
    public const string SignatureHeader = "X-Measurement-Signature";

    private readonly HttpReceiver receiver = new(options.Url!, options, time);

    /// <inheritdoc/>
    public Task<Delivery> SendAsync(Notification message, CancellationToken cancellationToken)
    {
        var body = WebhookJson.Of(message, links);
        return receiver.PostAsync(
            body,
            headers =>
            {
                // The same for each attempt: who keeps it sees a repetition for what it is.
                headers.TryAddWithoutValidation("Idempotency-Key", message.Id);
                if (options.BearerToken is { } token)
                {
                    headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                }

                if (options.SigningSecret is { } secret)
                {
                    headers.TryAddWithoutValidation(SignatureHeader, Sign(secret, time.GetUtcNow(), body));
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Delivery> LookAsync(CancellationToken cancellationToken) => receiver.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => receiver.Dispose();

    /// <summary>The signature of a body. The time is part of it, so that a recorded message cannot be played again later.</summary>
    internal static string Sign(string secret, DateTimeOffset at, byte[] body)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(time + "."), .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
