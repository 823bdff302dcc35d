using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging;

namespace App.Web.Access;

/// <summary>The framework's keys that sign cookies and forms, as files that nobody else can read.</summary>
internal sealed partial class KeyFolder(string folder, ILogger<KeyFolder> logger) : IXmlRepository
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var keys = new List<XElement>();
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.xml") : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            try
            {
                keys.Add(XElement.Load(file));
            }
            catch (XmlException)
            {
                // Who was logged in by it logs in again.
                Damaged(file);
            }
        }

        return keys;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
            options.UnixCreateMode = Private;
        }

        // The name is the framework's: a word and a GUID.
        var file = Path.Combine(folder, $"{Path.GetFileName(friendlyName)}.xml");
        var half = file + ".new";
        using (var stream = new FileStream(half, options))
        {
            element.Save(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(half, file, overwrite: true);
    }

    [LoggerMessage(LogLevel.Warning, "{File} is damaged and is passed over: browsers that were logged in by it have to log in again")]
    private partial void Damaged(string file);
}
