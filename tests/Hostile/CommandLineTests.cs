using Xunit;

namespace Tests.Hostile;

public sealed class CommandLineTests
{
    [Fact]
    public void An_identity_that_begins_with_an_at_sign_is_no_file_of_arguments()
    {
        var root = App.Cli.CommandLine.Root();
        Assert.Equal("@/etc/passwd", Assert.Single(App.Cli.CommandLine.Parse(root, ["identify", "@/etc/passwd"]).Tokens, token => token.Value.StartsWith('@')).Value);
    }
}
