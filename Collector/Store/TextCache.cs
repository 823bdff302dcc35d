namespace Collector.Store;

/// <summary>Remembers the texts of ids, and the ids of texts, that were looked up before.</summary>
/// <remarks>Identities are whatever servers and middleboxes answer, so their number has no bound; what is remembered has one.</remarks>
internal sealed class TextCache
{
    /// <summary>Some 50 MB at two bytes a character and the dictionaries' own cost.</summary>
    private const int MaximumCharacters = 8_000_000;

    private const int MaximumTexts = 200_000;

    private readonly Dictionary<int, string> texts = [];
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private long characters;

    public string? Text(int id)
    {
        lock (texts)
        {
            return texts.GetValueOrDefault(id);
        }
    }

    public int? Id(string text)
    {
        lock (texts)
        {
            return ids.TryGetValue(text, out var id) ? id : null;
        }
    }

    public void Add(int id, string text)
    {
        lock (texts)
        {
            if (characters + text.Length > MaximumCharacters || texts.Count >= MaximumTexts)
            {
                Forget();
            }

            texts[id] = text;
            ids[text] = id;
            characters += text.Length;
        }
    }

    public void Clear()
    {
        lock (texts)
        {
            Forget();
        }
    }

    private void Forget()
    {
        texts.Clear();
        ids.Clear();
        characters = 0;
    }
}
