using Analyzer.Time;
using Collector.Configuration;
using Microsoft.AspNetCore.Http;

namespace App.Web.Api;

/// <summary>Refuses parameters that an endpoint does not know or that are given twice: a misspelt one would else be an unasked question.</summary>
internal static class KnownParameters
{
    /// <summary>The filter for an endpoint whose text parameters are those of its query.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var known = context.MethodInfo.GetParameters()
            .Where(parameter => parameter.ParameterType == typeof(string)).Select(parameter => parameter.Name!).ToList();
        return invocation =>
        {
            foreach (var (name, values) in invocation.HttpContext.Request.Query)
            {
                if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new ConfigurationException(
                        $"{Quoted.Value(name)} is not a parameter; {(known.Count == 0 ? "there are none here" : KnownNames.Hint(name, known))}");
                }

                if (values.Count > 1)
                {
                    throw new ConfigurationException($"{name} stands there {values.Count} times; allowed: once");
                }
            }

            return next(invocation);
        };
    }
}
