using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Tests.Grafana;

/// <summary>YAML files as the JSON that they mean.</summary>
internal static class Yaml
{
    /// <summary>Reads a file of the checkout; a key that is there twice is an error.</summary>
    public static JsonObject Read(string relativePath)
    {
        var read = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build()
            .Deserialize<object>(File.ReadAllText(Repository.File(relativePath)));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(read))!.AsObject();
    }
}
