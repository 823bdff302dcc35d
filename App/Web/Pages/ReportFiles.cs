using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Analyzer.Time;
using App.Web.Serving;
using Microsoft.AspNetCore.Http;
using Reports.Weekly;

namespace App.Web.Pages;

/// <summary>The files of the weekly reports: those that a report is made of, and no others of the folder.</summary>
internal static partial class ReportFiles
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int LongestHead = 64 * 1024;

    private static readonly string ScriptHash = Hash(ReportAssets.Script);

    /// <summary>Sends one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reports">The folder.</param>
    /// <param name="path">The path behind <c>/reports/</c>; null: the list of weeks.</param>
    public static async Task SendAsync(HttpContext context, ReportFolder reports, string? path)
    {
        // Links in a page are relative to its folder, which a browser knows by the slash.
        if (IsoWeek.TryParse(path, out _) || context.Request.Path == "/reports")
        {
            context.Response.Redirect($"{context.Request.Path}/");
            return;
        }

        var name = path is null or "" ? "index.html" : path.EndsWith('/') ? path + "index.html" : path;
        var file = Path.Combine(reports.Root, name);
        if (!IsPart(name) || !File.Exists(file))
        {
            if (name == "index.html")
            {
                await PageWriter.WriteAsync<NoReportsPage>(context, []);
                return;
            }

            throw new NotFoundException("there is no such report; /reports/ lists those that there are");
        }

        var headers = context.Response.Headers;
        switch (Path.GetExtension(name))
        {
            case ".html":
                headers.ContentSecurityPolicy = PolicyOf(await HeadAsync(file, context.RequestAborted));
                context.Response.ContentType = "text/html; charset=utf-8";
                break;
            case ".svg":
                // Opened by itself it is a document that could hold a script.
                headers.ContentSecurityPolicy = Nothing + "; style-src 'unsafe-inline'; sandbox";
                context.Response.ContentType = "image/svg+xml";
                break;
            case ".png":
                context.Response.ContentType = "image/png";
                break;
            default:
                context.Response.ContentType = "application/json";
                break;
        }

        await context.Response.SendFileAsync(file, context.RequestAborted);
    }

    /// <summary>Whether a path is that of a part of a report: no step upwards, no hidden or half-written file.</summary>
    internal static bool IsPart(string path) =>
        path == "index.html" || (PartPath().Match(path) is { Success: true } match && IsoWeek.TryParse(match.Groups["week"].Value, out _));

    /// <summary>The policy of a report's page: its one style sheet, which stands before anything from the network, and the one script that
    /// this program writes, both by their hashes.</summary>
    internal static string PolicyOf(string html)
    {
        var begin = html.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length;
        var end = html.IndexOf("</style>", StringComparison.Ordinal);
        var style = begin < "<style>".Length || end < begin ? "" : $"; style-src '{Hash(html[begin..end])}'";
        return $"{Nothing}; img-src 'self' data:{style}; script-src '{ScriptHash}'";
    }

    // A report may be of many megabytes, and its style stands at its beginning.
    private static async Task<string> HeadAsync(string file, CancellationToken cancellation)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        var head = new char[LongestHead];
        return new string(head, 0, await reader.ReadBlockAsync(head, cancellation));
    }

    // A browser hashes what it parsed, and a parser makes one line feed of each line end.
    private static string Hash(string text) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'))));

    [GeneratedRegex(@"^(?<week>\d{4}-W\d\d)/(index\.html|report\.json|(maps|charts)/[A-Za-z0-9_][A-Za-z0-9._-]*\.(png|svg))\z")]
    private static partial Regex PartPath();
}
