using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Simulator.Server;

/// <summary>An error of the API, in Atlas' shape.</summary>
internal sealed class ApiProblem(int status, int code, string detail, params IEnumerable<(string Kind, string Where, string Detail)> errors) : Exception(detail)
{
    public int Status { get; } = status;

    public JsonObject Body { get; } = Shape(status, code, detail, errors);

    public static ApiProblem NotFound() => new(404, 103, "Not found.");

    public static ApiProblem Parameter(string name, string detail) => new(400, 102, "There was a problem with your request", ("parameter", name, detail));

    public static ApiProblem Pointer(string pointer, string detail) => new(400, 102, "There was a problem with your request", ("pointer", pointer, detail));

    private static JsonObject Shape(int status, int code, string detail, IEnumerable<(string Kind, string Where, string Detail)> errors)
    {
        var error = new JsonObject { ["detail"] = detail, ["status"] = status, ["title"] = ReasonPhrases.GetReasonPhrase(status), ["code"] = code };
        if (errors.Any())
        {
            error["errors"] = new JsonArray([.. errors.Select(item => new JsonObject
            {
                ["source"] = new JsonObject { [item.Kind] = item.Where },
                ["detail"] = item.Detail,
            })]);
        }

        return new JsonObject { ["error"] = error };
    }
}
