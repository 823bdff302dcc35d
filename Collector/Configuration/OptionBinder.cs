using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Collector.Configuration;

/// <summary>Fills option types from configuration sections, strictly: every key must be a property, every value must fit.</summary>
/// <remarks>
/// The framework's binder ignores keys it does not know and words its errors for programmers. An operator who writes
/// <c>DnsIntervall</c> must hear of it before a night of wrong measurements, so this one refuses with the nearest known key.
/// </remarks>
internal static class OptionBinder
{
    /// <summary>Sets the properties of a fresh instance that the section names.</summary>
    /// <exception cref="ConfigurationException">An unknown key, a value of the wrong form, or one out of range.</exception>
    public static T Bind<T>(IConfigurationSection section)
        where T : class, new() => (T)Bind(typeof(T), section);

    /// <summary>The elements of a list section, in the order of their indices.</summary>
    public static IReadOnlyList<T> BindList<T>(IConfigurationSection section)
        where T : class, new() => [.. Elements(section).Select(Bind<T>)];

    /// <summary>The texts of a list section, in the order of their indices.</summary>
    public static IReadOnlyList<string> Texts(IConfigurationSection section) => (List<string>)Value(typeof(List<string>), section);

    /// <summary>The nearest of the known names, for a message; null when none is near.</summary>
    public static string? Nearest(string found, IEnumerable<string> known)
    {
        var (name, distance) = known.Select(name => (name, EditDistance(found.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(pair => pair.Item2).ThenBy(pair => pair.name, StringComparer.Ordinal).FirstOrDefault();
        return name is not null && distance <= Math.Max(2, found.Length / 3) ? name : null;
    }

    /// <summary>The message about a key that does not exist.</summary>
    public static ConfigurationException Unknown(string path, string key, IReadOnlyCollection<string> known) =>
        new($"{path} is not a setting; {KnownNames.Hint(key, known)}");

    private static object Bind(Type type, IConfigurationSection section)
    {
        var instance = Activator.CreateInstance(type)!;
        if (!string.IsNullOrEmpty(section.Value))
        {
            if (instance is IShorthand shorthand)
            {
                shorthand.Expand(section.Value);
                return instance;
            }

            throw new ConfigurationException($"{section.Path} is {Shown(section.Value)}; allowed: an object with {string.Join(", ", Names(type))}");
        }

        foreach (var child in section.GetChildren())
        {
            // A check's block goes by the check's name, black-hole; hyphens cannot be written in the environment's names.
            var key = child.Key.Replace("-", "", StringComparison.Ordinal);
            var property = Properties(type).FirstOrDefault(property => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
                ?? throw Unknown(child.Path, child.Key, Names(type));
            if (child.Value is { Length: 0 } or null && !child.GetChildren().Any())
            {
                continue; // null, "", [] and {} leave the default
            }

            var value = Value(property.PropertyType, child);
            foreach (var rule in Rules(property))
            {
                if (!rule.IsValid(value))
                {
                    throw new ConfigurationException($"{child.Path} is {Shown(child.Value)}; allowed: {Allowed(rule)}");
                }
            }

            property.SetValue(instance, value);
        }

        return instance;
    }

    private static object Value(Type type, IConfigurationSection section)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type != typeof(string) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var element = type.GetGenericArguments()[0];
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            if (section.Value is not null)
            {
                throw new ConfigurationException($"{section.Path} is {Shown(section.Value)}; allowed: a list");
            }

            foreach (var child in Elements(section))
            {
                list.Add(Value(element, child));
            }

            return list;
        }

        if (type.IsClass && type != typeof(string) && type != typeof(Uri) && type != typeof(IPAddress))
        {
            return Bind(type, section);
        }

        var text = section.Value ?? throw new ConfigurationException($"{section.Path} is an object or a list; allowed: {Form(type)}");
        return Scalar(type, text.Trim()) ?? throw new ConfigurationException($"{section.Path} is {Shown(text)}; allowed: {Form(type)}");
    }

    private static object? Scalar(Type type, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => bool.TryParse(text, out var value) ? value : null,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var value) ? value : null,
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var value) ? value : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, culture, out var value) && double.IsFinite(value) ? value : null,
            _ when type == typeof(TimeSpan) => TimeSpan.TryParse(text, culture, out var value) ? value : null,
            _ when type == typeof(DateTimeOffset) =>
                DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var value) ? value : null,
            _ when type == typeof(IPAddress) => IPAddress.TryParse(text, out var value) ? value : null,
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var value) ? value : null,
            { IsEnum: true } => Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse(type, name)
                : null,
            _ => throw new NotSupportedException($"no rule to read a {type.Name}"),
        };
    }

    private static string Form(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(TimeSpan) => "a time span such as 01:00:00",
        _ when type == typeof(DateTimeOffset) => "a time such as 2026-11-09T00:00:00Z",
        _ when type == typeof(IPAddress) => "an IP address",
        _ when type == typeof(Uri) => "an address such as https://example.net/",
        { IsEnum: true } => string.Join(", ", Enum.GetNames(type)),
        _ => "a text",
    };

    /// <summary>What a value has to hold to; an address leads to a web server unless its property says otherwise.</summary>
    private static IEnumerable<ValidationAttribute> Rules(PropertyInfo property)
    {
        var rules = property.GetCustomAttributes<ValidationAttribute>();
        return property.PropertyType == typeof(Uri) && !rules.OfType<UriSchemesAttribute>().Any() ? rules.Append(new UriSchemesAttribute("http", "https")) : rules;
    }

    private static string Allowed(ValidationAttribute rule) =>
        rule is RangeAttribute range ? string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}") : rule.FormatErrorMessage("it");

    private static string Shown(string? text) => text is null ? "missing" : text.Length <= 60 ? text : text[..60] + "…";

    private static IEnumerable<IConfigurationSection> Elements(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new ConfigurationException($"{section.Path} is an object; allowed: a list");
            }

            yield return child;
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    private static IReadOnlyCollection<string> Names(Type type) => [.. Properties(type).Select(property => property.Name)];

    private static int EditDistance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitution = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}

/// <summary>An option that may be written as one text instead of an object.</summary>
internal interface IShorthand
{
    /// <summary>Sets the properties that the text stands for.</summary>
    void Expand(string text);
}

/// <summary>Which kinds of address an option takes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UriSchemesAttribute(params string[] schemes) : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is null || (value is Uri { IsAbsoluteUri: true } uri && schemes.Contains(uri.Scheme));

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{(schemes[0][0] == 'h' ? "an" : "a")} {string.Join(" or ", schemes)} address";
}
