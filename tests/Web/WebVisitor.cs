using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Tests.Web;

/// <summary>A browser without a screen: it keeps cookies and sends forms as they are on the page.</summary>
internal sealed class WebVisitor : IDisposable
{
    private const string Ours = "ours";

    private readonly WebHost host;
    private readonly CookieContainer cookies = new();
    private readonly HttpClient client;

    public WebVisitor(WebHost host)
    {
        this.host = host;
        client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = host.Address };
    }

    /// <summary>What the browser says of the page that sends a form; null: nothing.</summary>
    public string? FetchSite { get; set; } = "same-origin";

    /// <summary>The origin of the page that sends a form; null: none is sent, <c>ours</c>: the right one.</summary>
    public string? Origin { get; set; } = Ours;

    /// <summary>A cookie as it is sent; null: there is none.</summary>
    public string? Cookie(string name) => cookies.GetCookies(host.Address)[name] is { Expired: false } cookie ? $"{name}={cookie.Value}" : null;

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => client.SendAsync(With(new HttpRequestMessage(HttpMethod.Get, path), headers));

    public async Task<IHtmlDocument> PageAsync(string path, params (string Name, string Value)[] headers) =>
        new HtmlParser().ParseDocument(await (await GetAsync(path, headers)).Content.ReadAsStringAsync());

    public Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] headers)
    {
        var request = With(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) }, headers);
        if (FetchSite is not null)
        {
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", FetchSite);
        }

        if (Origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", Origin == Ours ? host.Address.GetLeftPart(UriPartial.Authority) : Origin);
        }

        return client.SendAsync(request);
    }

    /// <summary>Sends a form of a page.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string selector, Action<Dictionary<string, string>>? change = null, params (string Name, string Value)[] headers)
    {
        var form = (IHtmlFormElement)(await PageAsync(path, headers)).QuerySelector(selector)!;
        var fields = form.QuerySelectorAll("input").Cast<IHtmlInputElement>().Where(input => input.Name is not null).ToDictionary(input => input.Name!, input => input.Value);
        foreach (var select in form.QuerySelectorAll("select").Cast<IHtmlSelectElement>())
        {
            fields[select.Name!] = select.Value!;
        }

        change?.Invoke(fields);
        return await PostAsync(form.GetAttribute("action")!, fields, headers);
    }

    public Task<HttpResponseMessage> LogInAsync(string key = WebHost.Key, string to = "/", params (string Name, string Value)[] headers) =>
        SubmitAsync($"/login?to={Uri.EscapeDataString(to)}", "form[action='/login']", form => form["key"] = key, headers);

    public void Dispose() => client.Dispose();

    private static HttpRequestMessage With(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
