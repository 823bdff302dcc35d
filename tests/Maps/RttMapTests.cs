using System.Xml.Linq;
using Collector.Geography;
using Reports.Maps;
using Xunit;

namespace Tests.Maps;

public class RttMapTests
{
    private static readonly MapSubject Subject = new("ns1.example.net", 4, "2026-W46", 12, 11, 10);
    private static readonly MapPop Pop = new("JNB", "Johannesburg", new GeoPoint(-26.2, 28));

    private static readonly MapProbe[] Probes =
    [
        new(new GeoPoint(-33.9, 18.4), ProbeAnswer.Served, "JNB", 22),
        new(new GeoPoint(-1.3, 36.8), ProbeAnswer.Served, "JNB", 61),
        new(new GeoPoint(-18.1, 178.4), ProbeAnswer.Served, "JNB", 199.999),
        new(new GeoPoint(51.5, -0.1), ProbeAnswer.Served, "JNB", 200),
        new(new GeoPoint(48.9, 2.4), ProbeAnswer.Served, "JNB", 240),
        new(new GeoPoint(35.7, 139.7), ProbeAnswer.Silent),
        new(null, ProbeAnswer.Served, "JNB", 33),
        new(new GeoPoint(-77.8, 166.7), ProbeAnswer.Served, "JNB", 300),
    ];

    [Fact]
    public void A_small_map_is_drawn_as_it_was() =>
        Golden.Check("rtt", RttMap.Of(Subject, Pop, Probes, 200, new MapFormat(480, 270)), withGround: true);

    [Fact]
    public void The_legend_counts_every_probe_once()
    {
        var texts = MapTexts.Of(RttMap.Of(Subject, Pop, Probes, 200));
        Assert.Contains("ns1.example.net · IPv4 · JNB – Johannesburg", texts);
        Assert.Contains("2026-W46 · threshold 200 ms · 12 probes asked, 11 answered, 10 attributed", texts);

        // Below the threshold: 22, 33 (unplaced but counted), 61, 199.999. From it on: 200, 240, 300.
        Assert.Equal(["4", "below 200 ms", "median 47 ms"], texts.SkipWhile(text => text != "4").Take(3));
        Assert.Equal(["3", "200 ms or more", "median 240 ms"], texts.SkipWhile(text => text != "3").Take(3));
        Assert.Equal(["1", "silent"], texts.SkipWhile(text => text != "1").Take(2));
        Assert.Equal(["1", "unplaced"], texts.SkipWhile(text => text != "silent").SkipWhile(text => text != "1").Take(2));
        Assert.Equal(["1", "off the map", "in Antarctica"], texts.TakeLast(3));
    }

    [Fact]
    public void The_order_of_the_probes_changes_no_byte()
    {
        var forward = RttMap.Of(Subject, Pop, Probes, 200, new MapFormat(480, 270));
        var backward = RttMap.Of(Subject, Pop, [.. Probes.Reverse()], 200, new MapFormat(480, 270));
        Assert.Equal(forward.ToSvg(), backward.ToSvg());
        Assert.Equal(forward.ToPng(), backward.ToPng());
    }

    [Fact]
    public void Names_from_strangers_stay_text()
    {
        var picture = RttMap.Of(
            Subject with { Target = "<script>\u0007" + new string('x', 500) }, new MapPop("\"><b", "&\ud800", null), [new(null, ProbeAnswer.Silent)], 200);
        var document = XDocument.Parse(picture.ToSvg());
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "script" or "b");
        Assert.Contains(MapTexts.Of(picture), text => text.StartsWith("<script> xxx", StringComparison.Ordinal) && text.EndsWith('…'));
        Assert.NotEmpty(picture.ToPng());
    }
}
