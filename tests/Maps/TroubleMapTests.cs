using Collector.Geography;
using Reports.Maps;
using Xunit;

namespace Tests.Maps;

public class TroubleMapTests
{
    private static readonly MapSubject Subject = new("ns1.example.net", null, "2026-W46", 120, 110, 100);
    private static readonly MapPop Johannesburg = new("JNB", "Johannesburg", new GeoPoint(-26.2, 28));

    private static readonly MapPop[] Pops =
    [
        new("APE", "Apeldoorn", new GeoPoint(52.2, 5.97)),
        Johannesburg,
        new("TYO", "Tokyo", new GeoPoint(35.7, 139.7)),
        new("FMT", "Fremont", new GeoPoint(37.5, -121.9)),
        new("NUL", "Nowhere", null),
    ];

    private static readonly MapDetour[] Detours =
    [
        new(new GeoPoint(51.5, -0.1), "AS64500", "JNB", "APE", 41, 8600),
        new(new GeoPoint(43, 141), "AS64501", "FMT", "TYO", 9, 7300.4),
        new(new GeoPoint(40.4, -3.7), "", "NUL", "APE", 3, 949.6),
    ];

    private static readonly MapProbe[] Probes =
    [
        new(new GeoPoint(51.5, -0.1), ProbeAnswer.Served, "JNB", 180),
        new(new GeoPoint(40.4, -3.7), ProbeAnswer.Served, "JNB", 210),
        new(new GeoPoint(48.9, 2.4), ProbeAnswer.Silent),
    ];

    [Fact]
    public void Small_detours_are_drawn_as_they_were() => Golden.Check("detours", DetourMap.Of(Subject, Pops, Detours, new MapFormat(480, 270)));

    [Fact]
    public void Detours_say_how_many_and_how_far()
    {
        var texts = MapTexts.Of(DetourMap.Of(Subject, Pops, Detours));
        Assert.Contains("ns1.example.net · detours of 53 probes", texts);
        Assert.Equal(["7,300 km", "extra", "median; worst 8,600 km"], texts.TakeLast(3));
        Assert.Contains("AS64501", texts);
        Assert.DoesNotContain("NUL", texts);
    }

    [Fact]
    public void Small_black_holes_are_drawn_as_they_were() => Golden.Check("black-holes", BlackHoleMap.Of(
        Subject,
        [new MapBlackHole("AS64510", [new GeoPoint(48.9, 2.4), new GeoPoint(45.8, 4.8)], 4, SingleVantage: false), new MapBlackHole("AS64511", [new GeoPoint(30, 31.2)], 1, SingleVantage: true)],
        Probes,
        new MapFormat(480, 270)));

    [Fact]
    public void Before_and_after_stand_side_by_side()
    {
        var picture = BeforeAfterMap.Of(
            Subject, "prepend at JNB's upstream", Johannesburg, new MapPanel("Before", "until 10 November", Probes), new MapPanel("After", "from then on", [.. Probes.Take(1)]), 200, new MapFormat(480, 192));
        Golden.Check("before-after", picture);
        var texts = MapTexts.Of(picture);
        Assert.Equal(
            [
                "Before", "until 10 November", "1", "below 200 ms", "1", "200 ms or more", "1", "silent", "195 ms", "median",
                "After", "from then on", "1", "below 200 ms", "0", "200 ms or more", "0", "silent", "180 ms", "median",
            ],
            texts.Skip(3));
    }
}
