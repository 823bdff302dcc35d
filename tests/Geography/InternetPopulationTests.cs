using System.Text;
using Collector.Geography;
using Xunit;

namespace Tests.Geography;

public sealed class InternetPopulationTests
{
    // Figures of 2022 to 2024 as published elsewhere (ITU, national statistics), hence the room.
    [Theory]
    [InlineData("CN", 1_050_000_000, 1_130_000_000)]
    [InlineData("US", 300_000_000, 340_000_000)]
    [InlineData("DE", 74_000_000, 80_000_000)]
    [InlineData("NL", 16_000_000, 18_000_000)]
    [InlineData("TW", 19_000_000, 23_000_000)]
    [InlineData("XK", 1_000_000, 1_800_000)]
    public void Internet_users_are_in_millions_what_is_published(string country, long least, long most)
    {
        Assert.InRange(InternetPopulation.Shipped.UsersOf(country), least, most);
        Assert.Equal(InternetPopulation.Shipped.UsersOf(country), Countries.Find(country)!.InternetUsers);
    }

    [Fact]
    public void Some_five_billion_people_are_online() => Assert.InRange(InternetPopulation.Shipped.Total, 5_000_000_000, 5_700_000_000);

    [Fact]
    public void Every_country_has_a_row_and_the_unknown_none()
    {
        Assert.Equal(
            ["AQ", "BV", "GS", "HM", "KP", "TF"],
            Countries.All.Where(country => country.InternetUsers == 0).Select(country => country.Alpha2).Order(StringComparer.Ordinal));
        Assert.Equal(0, InternetPopulation.Shipped.UsersOf("EU"));
        Assert.Equal(0, InternetPopulation.Shipped.UsersOf(null));
    }

    [Fact]
    public void Another_table_can_take_its_place()
    {
        var table = Load("# ours\nusers\tcountry\tnote\n10\tnl\tx\n5\tDEU\n");
        Assert.Equal((10, 5, 0, 15), (table.UsersOf("NL"), table.UsersOf("de"), table.UsersOf("US"), table.Total));
        Assert.Equal("our own", table.Source);
    }

    [Theory]
    [InlineData("country\tpeople\nNL\t1\n", "our own: no column users")]
    [InlineData("", "our own: no column country")]
    [InlineData("country\tusers\nXX\t1\n", "our own, line 2: country is 'XX'; allowed: ISO 3166 codes")]
    [InlineData("country\tusers\nNL\t-1\n", "our own, line 2: users is '-1'; allowed: a whole number")]
    [InlineData("country\tusers\n# two of them\nNL\t1\nNLD\t2\n", "our own, line 4: users is '2'; allowed: 0 to 20000000000, one line per country")]
    public void A_wrong_table_is_refused_in_one_line(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Load(text)).Message, StringComparison.Ordinal);

    private static InternetPopulation Load(string text) => InternetPopulation.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)), "our own");
}
