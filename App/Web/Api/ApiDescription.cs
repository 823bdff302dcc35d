using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace App.Web.Api;

/// <summary>What the description of the API says of itself.</summary>
internal sealed class ApiDescription : IOpenApiDocumentTransformer
{
    /// <inheritdoc/>
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Measurement",
            Version = "v1",
            Description = "Which PoP every corner of the Internet reaches, how fast, and what is wrong with that. Reading is open on loopback; everything else "
                + "needs the bearer key. Times are Unix seconds, members are absent where nothing is known, and an error is one problem document.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The key whose SHA-256 is Web:KeyHash." },
        };

        // Where the service listens on loopback the key may be left out for reading.
        document.Security = [new OpenApiSecurityRequirement(), new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];

        // The address that the document was fetched by is the client's word, not ours.
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Task.CompletedTask;
    }
}
