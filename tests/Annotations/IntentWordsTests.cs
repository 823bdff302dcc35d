using Analyzer.Annotations;
using Collector.Network;
using Xunit;

namespace Tests.Annotations;

public sealed class IntentWordsTests
{
    [Theory]
    [InlineData("Prepended three times towards the upstream in Johannesburg", ChangeIntent.Less)]
    [InlineData("no-export towards the peers", ChangeIntent.Less)]
    [InlineData("Set community 64500:70 on the transit session", ChangeIntent.Less)]
    [InlineData("Announced with one prepend", ChangeIntent.Less)]
    [InlineData("Prepended 3x to take Europe off Johannesburg", ChangeIntent.Less)]
    [InlineData("Less traffic for Johannesburg: prepend twice", ChangeIntent.Less)]
    [InlineData("Removed the prepending", ChangeIntent.More)]
    [InlineData("No longer prepended", ChangeIntent.More)]
    [InlineData("Prepends towards AS64500 taken off", ChangeIntent.More)]
    [InlineData("Announced to AMS-IX", ChangeIntent.More)]
    [InlineData("New upstream AS64501", ChangeIntent.More)]
    [InlineData("Withdrawn for maintenance", ChangeIntent.Withdraw)]
    [InlineData("drain jnb", ChangeIntent.Withdraw)]
    [InlineData("Johannesburg goes down for a new router", ChangeIntent.Withdraw)]
    [InlineData("Back in service", ChangeIntent.Restore)]
    [InlineData("Back from maintenance", ChangeIntent.Restore)]
    [InlineData("undrained", ChangeIntent.Restore)]
    [InlineData("Sydney and Johannesburg enter service", ChangeIntent.Restore)]
    [InlineData("re-announced after the outage", ChangeIntent.Restore)]
    [InlineData("Shorter path to Asia for lower latency", ChangeIntent.Faster)]
    [InlineData("New router", null)]
    [InlineData("Priya on call", null)]
    [InlineData("", null)]
    public void Words_that_operators_use_say_what_was_meant(string text, ChangeIntent? intent) => Assert.Equal(intent, IntentWords.Of(text));
}
