using System.Net;
using System.Text;

namespace Reports.Alerts.Smtp;

/// <summary>Texts as mail carries them: RFC 2047 words in headers, HTML in the body.</summary>
internal static class MailText
{
    // A line with an encoded word has at most 76 characters: 9 for "Subject: ", 12 for "=?utf-8?B?" and "?=", and 52 that 39 bytes make.
    private const int MostBytesInWord = 39;

    /// <summary>A header's text. Whatever is not plain ASCII is encoded, line breaks too, so that nothing can begin a header of its own.</summary>
    public static string Header(string text)
    {
        if (text.Length <= 60 && text.All(letter => letter is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
        {
            return text;
        }

        var words = new List<string>();
        var word = new List<byte>();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Count + length > MostBytesInWord)
            {
                words.Add(Encoded(word));
                word.Clear();
            }

            word.AddRange(bytes[..length]);
        }

        words.Add(Encoded(word));
        return string.Join("\r\n ", words);

        static string Encoded(List<byte> word) => $"=?utf-8?B?{Convert.ToBase64String(word.ToArray())}?=";
    }

    /// <summary>A body part in base64, in lines of 76 characters: no text can end the message, and no line is too long.</summary>
    public static string Body(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks);

    /// <summary>A text as HTML shows it.</summary>
    public static string Html(string text) => WebUtility.HtmlEncode(text);
}
