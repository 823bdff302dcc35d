using System.Text;
using App.Alerts.Rules;
using MailKit;

namespace App.Alerts.Mail;

/// <summary>Listens to what a server says, ends a conversation that no mail server would lead, and remembers the last words for the message. MailKit reads
/// answers of any length, and keeps them in memory.</summary>
internal sealed class SmtpWatch : IProtocolLogger
{
    private const int LongestLine = 4096;
    private const int MostLines = 100;

    private readonly byte[] line = new byte[LongestLine];
    private int length;
    private int lines;

    /// <summary>The last whole line that the server said, one line fit to be shown; empty: none yet.</summary>
    public string LastLine { get; private set; } = "";

    /// <inheritdoc/>
    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <inheritdoc/>
    public void LogConnect(Uri uri)
    {
    }

    /// <inheritdoc/>
    public void LogClient(byte[] buffer, int offset, int count)
    {
        // Nothing of ours is kept: it may be the password.
    }

    /// <inheritdoc/>
    public void LogServer(byte[] buffer, int offset, int count)
    {
        foreach (var letter in buffer.AsSpan(offset, count))
        {
            if (letter != (byte)'\n')
            {
                if (length == LongestLine)
                {
                    throw new SmtpNonsenseException("answers with a line that is too long");
                }

                line[length++] = letter;
                continue;
            }

            LastLine = AlertText.Short(Encoding.UTF8.GetString(line, 0, length).TrimEnd('\r'));

            // A hyphen behind the code: more lines of the same answer follow.
            lines = length > 3 && line[3] == (byte)'-' ? lines + 1 : 0;
            length = 0;
            if (lines >= MostLines)
            {
                throw new SmtpNonsenseException("answers without end");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>No mail server speaks like this.</summary>
/// <param name="message">How, in words that follow the server's name.</param>
internal sealed class SmtpNonsenseException(string message) : Exception(message);
