using System.Net.Sockets;
using Collector.Configuration;
using Reports.Errors;
using Xunit;

namespace Tests.Errors;

public sealed class ErrorTextTests
{
    [Fact]
    public void Of_many_errors_at_once_the_one_for_the_operator_is_told()
    {
        var many = new AggregateException(new ArgumentException("x"), new AggregateException(new IOException("No space left on device : '/r/a.png'"), new IOException("b")));
        Assert.Equal("No space left on device : '/r/a.png'", ErrorText.Line(many));
        Assert.True(ErrorText.IsForeseen(many));
    }

    [Fact]
    public void An_error_that_hides_in_a_static_constructor_is_told()
    {
        var hidden = new TypeInitializationException("Reports.X", new FileNotFoundException("no file a.tsv"));
        Assert.Equal("no file a.tsv", ErrorText.Line(hidden));
    }

    [Fact]
    public void What_was_not_foreseen_is_named_and_is_one_line_with_its_place()
    {
        var fault = Assert.Throws<AggregateException>(() => Parallel.For(0, 2, static _ => ErrorText.Cause(null!)));
        Assert.False(ErrorText.IsForeseen(fault));
        var line = ErrorText.Fault(fault);
        Assert.StartsWith("a fault of the program, please report it: ArgumentNullException: ", line, StringComparison.Ordinal);
        Assert.EndsWith(" in Reports.Errors.ErrorText.Cause", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Theory]
    [InlineData(1, "one\ntwo")]
    [InlineData(2, "wrong")]
    public void An_exit_code_goes_with_each_error(int code, string message)
    {
        Exception problem = code == 2 ? new ConfigurationException(message) : new AggregateException(new IOException(message));
        Assert.Equal(code, App.Cli.CommandLine.Explain(problem));
    }

    [Fact]
    public void Whatever_the_network_says_is_foreseen() => Assert.True(ErrorText.IsForeseen(new SocketException(111)));
}
