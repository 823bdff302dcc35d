using App.Web.Connections;
using Xunit;

namespace Tests.Web;

public sealed class ConnectionBookTests
{
    [Fact]
    public void What_waited_longest_for_its_request_makes_room_and_the_newest_stays()
    {
        var book = new ConnectionBook(perClient: 3, total: 100);
        var first = Add(book, "a");
        var second = Add(book, "a");
        first.Begin();
        var third = Add(book, "a");
        Add(book, "a", expected: second);
        Assert.Equal(3, book.Count);

        // Answered last, last to go.
        first.End();
        Add(book, "a", expected: third);
        Assert.Equal(3, book.Count);
    }

    [Fact]
    public void Where_all_are_busy_the_oldest_goes_so_that_health_is_answered()
    {
        var book = new ConnectionBook(perClient: 2, total: 100);
        var first = Add(book, "a");
        first.Begin();
        Add(book, "a").Begin();
        Add(book, "a", expected: first);
    }

    [Fact]
    public void A_client_is_not_touched_while_another_is_over_its_limit_and_the_greediest_makes_room_when_all_are_too_many()
    {
        var book = new ConnectionBook(perClient: 4, total: 5);
        var quiet = Add(book, "quiet");
        var greedy = Add(book, "greedy");
        for (var more = 0; more < 3; more++)
        {
            Add(book, "greedy");
        }

        Add(book, "third", expected: greedy);
        Assert.Equal(5, book.Count);
        quiet.Dispose();
        quiet.Dispose();
        greedy.Dispose();
        Assert.Equal(4, book.Count);
    }

    private static ConnectionBook.Entry Add(ConnectionBook book, string client, ConnectionBook.Entry? expected = null)
    {
        var entry = book.Add(client, () => { }, out var ended);
        Assert.Same(expected, ended);
        return entry;
    }
}
