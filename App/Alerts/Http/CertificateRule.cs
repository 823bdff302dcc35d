using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace App.Alerts.Http;

/// <summary>Which certificate a server may show: one that the machine trusts, or the one that the operator named.</summary>
internal static class CertificateRule
{
    /// <summary>The rule for <c>CertificateSha256</c>; null: the machine's own.</summary>
    public static RemoteCertificateValidationCallback? Of(string? sha256)
    {
        if (sha256 is null)
        {
            return null;
        }

        var wanted = Convert.FromHexString(sha256);
        return (_, certificate, _, errors) =>
            errors == SslPolicyErrors.None || (certificate is X509Certificate2 shown && CryptographicOperations.FixedTimeEquals(SHA256.HashData(shown.RawData), wanted));
    }
}
