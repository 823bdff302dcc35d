using System.Net;
using Collector.Geolocation;
using Xunit;

namespace Tests.Geolocation;

/// <summary>Damages a sound database in many small ways and sees that every one ends in an answer or a refusal.</summary>
internal static class Mutations
{
    private static readonly IPAddress[] Addresses = [.. new[]
    {
        "0.0.0.0", "1.1.1.1", "81.2.69.160", "192.0.2.1", "192.0.2.129", "255.255.255.255", "::", "::1", "2001:218::1", "2001:db8::1", "ffff::",
    }.Select(IPAddress.Parse)];

    public static void Try(byte[] sound, int rounds, int seed)
    {
        var random = new Random(seed);
        var (answered, refused) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = (byte[])sound.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => 0xff, 1 => 0, _ => (byte)random.Next(256) };
            }

            if (random.Next(10) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            try
            {
                using var database = MaxMindDatabase.Read(bytes, "mutated");
                foreach (var address in Addresses)
                {
                    database.Find(address);
                    database.Lookup(address);
                }

                if (round % 8 == 0)
                {
                    MaxMindStructure.Verify(bytes, "mutated");
                }

                answered++;
            }
            catch (InvalidDataException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                refused++;
            }
        }

        // Both have to happen, or the changes were not worth trying.
        Assert.True(answered > rounds / 100 && refused > rounds / 100, $"{answered} answered, {refused} refused");
    }
}
