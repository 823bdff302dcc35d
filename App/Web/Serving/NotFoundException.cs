namespace App.Web.Serving;

/// <summary>What was asked for by name does not exist. Its message is one line: what was asked, and the nearest there is.</summary>
internal sealed class NotFoundException(string message) : Exception(message);
