using Collector.Store;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace App.Web.Access;

/// <summary>What decides who may do what.</summary>
internal static class AccessServices
{
    /// <summary>Adds it. Options, clock and data folder are the host's.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessRules>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<LoginTries>();
        services.AddDataProtection().SetApplicationName("measurement");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = new KeyFolder(provider.GetRequiredService<DataFolder>().Keys, provider.GetRequiredService<ILogger<KeyFolder>>())));
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "measurement-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.FormFieldName = "token";

            // Our policy names the ancestors of a page already: none.
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }
}
