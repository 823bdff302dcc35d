using System.Globalization;
using Collector.Geography;

namespace Simulator.Worlds;

/// <summary>A city where simulated probes live.</summary>
internal sealed record SimulatedCity(string Name, string Country, GeoPoint Position);

/// <summary>A country of the simulated Internet.</summary>
/// <param name="Code">ISO 3166 alpha-2.</param>
/// <param name="Continent">UN M49, with South America apart: AF, AS, EU, NA, OC, SA.</param>
/// <param name="Region">Whose transit networks sell there.</param>
/// <param name="Weight">Its part of the probes; modelled on RIPE Atlas, where Europe and North America host most.</param>
/// <param name="Cities">Where its probes live, the most likely first.</param>
internal sealed record SimulatedCountry(string Code, string Continent, Region Region, int Weight, IReadOnlyList<SimulatedCity> Cities);

/// <summary>The markets of transit networks.</summary>
internal enum Region
{
    NorthAmerica,
    CentralAmerica,
    SouthAmerica,
    WestEurope,
    EastEurope,
    MiddleEast,
    Africa,
    SouthAsia,
    SoutheastAsia,
    EastAsia,
    Oceania,
}

/// <summary>Countries and cities of the simulated Internet. Positions to two decimals, compiled by hand from general knowledge.</summary>
internal static class CityTable
{
    // code continent region weight: city latitude longitude; …
    private const string Rows = """
        US NA NorthAmerica 122: New York 40.71 -74.01; Ashburn 39.04 -77.49; Chicago 41.88 -87.63; Dallas 32.78 -96.80; Los Angeles 34.05 -118.24; San Jose 37.34 -121.89; Seattle 47.61 -122.33; Atlanta 33.75 -84.39; Denver 39.74 -104.99; Boston 42.36 -71.06; Houston 29.76 -95.37; Minneapolis 44.98 -93.27; Phoenix 33.45 -112.07; Kansas City 39.10 -94.58; Salt Lake City 40.76 -111.89; Portland 45.52 -122.68; Philadelphia 39.95 -75.17; Miami 25.76 -80.19; Honolulu 21.31 -157.86; Anchorage 61.22 -149.90
        CA NA NorthAmerica 26: Toronto 43.65 -79.38; Montreal 45.50 -73.57; Vancouver 49.28 -123.12; Calgary 51.05 -114.07; Ottawa 45.42 -75.70; Winnipeg 49.90 -97.14; Halifax 44.65 -63.58
        MX NA CentralAmerica 5: Mexico City 19.43 -99.13; Guadalajara 20.67 -103.35; Monterrey 25.69 -100.32
        CR NA CentralAmerica 2: San Jose de Costa Rica 9.93 -84.08
        PA NA CentralAmerica 2: Panama City 8.98 -79.52
        GT NA CentralAmerica 1: Guatemala City 14.63 -90.51
        DO NA CentralAmerica 1: Santo Domingo 18.49 -69.93
        TT NA CentralAmerica 1: Port of Spain 10.65 -61.51
        JM NA CentralAmerica 1: Kingston 17.97 -76.79
        BB NA CentralAmerica 1: Bridgetown 13.10 -59.61
        BR SA SouthAmerica 20: Sao Paulo 23.55S 46.63W; Rio de Janeiro 22.91S 43.17W; Porto Alegre 30.03S 51.23W; Brasilia 15.79S 47.88W; Fortaleza 3.73S 38.53W; Curitiba 25.43S 49.27W; Recife 8.05S 34.88W
        AR SA SouthAmerica 8: Buenos Aires 34.60S 58.38W; Cordoba 31.42S 64.18W; Rosario 32.94S 60.64W
        CL SA SouthAmerica 5: Santiago 33.45S 70.67W; Concepcion 36.83S 73.05W
        CO SA SouthAmerica 4: Bogota 4.71 -74.07; Medellin 6.24 -75.58
        PE SA SouthAmerica 3: Lima 12.05S 77.04W
        UY SA SouthAmerica 3: Montevideo 34.90S 56.16W
        EC SA SouthAmerica 2: Quito 0.18S 78.47W; Guayaquil 2.17S 79.92W
        VE SA SouthAmerica 2: Caracas 10.48 -66.90
        BO SA SouthAmerica 1: Santa Cruz 17.78S 63.18W
        PY SA SouthAmerica 1: Asuncion 25.26S 57.58W
        DE EU WestEurope 128: Frankfurt 50.11 8.68; Berlin 52.52 13.40; Munich 48.14 11.58; Hamburg 53.55 9.99; Cologne 50.94 6.96; Stuttgart 48.78 9.18; Leipzig 51.34 12.37; Nuremberg 49.45 11.08; Dusseldorf 51.23 6.78; Karlsruhe 49.01 8.40; Hanover 52.37 9.73; Dresden 51.05 13.74
        FR EU WestEurope 76: Paris 48.86 2.35; Lyon 45.76 4.84; Marseille 43.30 5.37; Toulouse 43.60 1.44; Lille 50.63 3.06; Bordeaux 44.84 -0.58; Strasbourg 48.57 7.75; Rennes 48.12 -1.68; Nice 43.71 7.26
        GB EU WestEurope 56: London 51.51 -0.13; Manchester 53.48 -2.24; Birmingham 52.48 -1.90; Edinburgh 55.95 -3.19; Bristol 51.45 -2.59; Leeds 53.80 -1.55; Cambridge 52.21 0.12; Belfast 54.60 -5.93; Cardiff 51.48 -3.18
        NL EU WestEurope 52: Amsterdam 52.37 4.90; Rotterdam 51.92 4.48; Utrecht 52.09 5.12; Eindhoven 51.44 5.47; Groningen 53.22 6.57; Enschede 52.22 6.90
        CH EU WestEurope 30: Zurich 47.38 8.54; Geneva 46.20 6.14; Bern 46.95 7.45; Basel 47.56 7.59; Lausanne 46.52 6.63; Lugano 46.00 8.95
        IT EU WestEurope 30: Milan 45.46 9.19; Rome 41.90 12.50; Turin 45.07 7.69; Bologna 44.49 11.34; Naples 40.85 14.27; Palermo 38.12 13.36; Padua 45.41 11.88
        BE EU WestEurope 20: Brussels 50.85 4.35; Antwerp 51.22 4.40; Ghent 51.05 3.72; Liege 50.63 5.57
        AT EU WestEurope 19: Vienna 48.21 16.37; Graz 47.07 15.44; Linz 48.31 14.29; Salzburg 47.81 13.06; Innsbruck 47.27 11.40
        ES EU WestEurope 20: Madrid 40.42 -3.70; Barcelona 41.39 2.17; Valencia 39.47 -0.38; Seville 37.39 -5.98; Bilbao 43.26 -2.93; Las Palmas 28.12 -15.43
        SE EU WestEurope 20: Stockholm 59.33 18.07; Gothenburg 57.71 11.97; Malmo 55.60 13.00; Uppsala 59.86 17.64; Lulea 65.58 22.15
        NO EU WestEurope 12: Oslo 59.91 10.75; Bergen 60.39 5.32; Trondheim 63.43 10.40; Tromso 69.65 18.96
        DK EU WestEurope 12: Copenhagen 55.68 12.57; Aarhus 56.16 10.20; Odense 55.40 10.40
        FI EU WestEurope 15: Helsinki 60.17 24.94; Tampere 61.50 23.76; Oulu 65.01 25.47; Turku 60.45 22.27
        IE EU WestEurope 8: Dublin 53.35 -6.26; Cork 51.90 -8.47
        PT EU WestEurope 8: Lisbon 38.72 -9.14; Porto 41.15 -8.61; Funchal 32.65 -16.91
        LU EU WestEurope 5: Luxembourg 49.61 6.13
        IS EU WestEurope 3: Reykjavik 64.15 -21.94
        MT EU WestEurope 2: Valletta 35.90 14.51
        CZ EU EastEurope 24: Prague 50.08 14.44; Brno 49.20 16.61; Ostrava 49.82 18.26; Pilsen 49.74 13.37
        PL EU EastEurope 20: Warsaw 52.23 21.01; Krakow 50.06 19.94; Wroclaw 51.11 17.03; Poznan 52.41 16.93; Gdansk 54.35 18.65; Katowice 50.26 19.02
        RU EU EastEurope 36: Moscow 55.76 37.62; Saint Petersburg 59.93 30.34; Yekaterinburg 56.84 60.61; Novosibirsk 55.01 82.93; Rostov 47.24 39.70; Krasnoyarsk 56.01 92.87; Vladivostok 43.12 131.89; Samara 53.20 50.15; Kazan 55.80 49.11
        UA EU EastEurope 16: Kyiv 50.45 30.52; Kharkiv 49.99 36.23; Odesa 46.48 30.72; Lviv 49.84 24.03; Dnipro 48.46 35.05
        RO EU EastEurope 8: Bucharest 44.43 26.10; Cluj 46.77 23.59; Timisoara 45.75 21.23
        HU EU EastEurope 7: Budapest 47.50 19.04; Szeged 46.25 20.15; Debrecen 47.53 21.63
        BG EU EastEurope 7: Sofia 42.70 23.32; Plovdiv 42.15 24.75; Varna 43.21 27.92
        GR EU EastEurope 10: Athens 37.98 23.73; Thessaloniki 40.64 22.94; Heraklion 35.34 25.13
        SI EU EastEurope 6: Ljubljana 46.06 14.51; Maribor 46.55 15.65; Koper 45.55 13.73
        HR EU EastEurope 5: Zagreb 45.81 15.98; Split 43.51 16.44
        RS EU EastEurope 5: Belgrade 44.79 20.45; Novi Sad 45.26 19.83
        SK EU EastEurope 5: Bratislava 48.15 17.11; Kosice 48.72 21.26
        LT EU EastEurope 5: Vilnius 54.69 25.28; Kaunas 54.90 23.90
        LV EU EastEurope 4: Riga 56.95 24.11
        EE EU EastEurope 5: Tallinn 59.44 24.75; Tartu 58.38 26.72
        BY EU EastEurope 3: Minsk 53.90 27.57
        MD EU EastEurope 2: Chisinau 47.01 28.86
        BA EU EastEurope 2: Sarajevo 43.86 18.41
        MK EU EastEurope 2: Skopje 42.00 21.43
        AL EU EastEurope 2: Tirana 41.33 19.82
        ME EU EastEurope 1: Podgorica 42.43 19.26
        TR AS MiddleEast 7: Istanbul 41.01 28.98; Ankara 39.93 32.86; Izmir 38.42 27.14
        CY AS MiddleEast 2: Nicosia 35.19 33.38
        IL AS MiddleEast 6: Tel Aviv 32.09 34.78; Haifa 32.79 34.99; Jerusalem 31.77 35.21
        AE AS MiddleEast 5: Dubai 25.20 55.27; Abu Dhabi 24.45 54.38
        SA AS MiddleEast 3: Riyadh 24.71 46.68; Jeddah 21.49 39.19
        BH AS MiddleEast 2: Manama 26.23 50.59
        QA AS MiddleEast 1: Doha 25.29 51.53
        KW AS MiddleEast 1: Kuwait City 29.38 47.99
        OM AS MiddleEast 1: Muscat 23.59 58.41
        JO AS MiddleEast 1: Amman 31.95 35.93
        LB AS MiddleEast 2: Beirut 33.89 35.50
        IR AS MiddleEast 8: Tehran 35.69 51.39; Isfahan 32.65 51.67; Mashhad 36.30 59.61; Shiraz 29.59 52.58
        IQ AS MiddleEast 2: Baghdad 33.31 44.36; Erbil 36.19 44.01
        GE AS EastEurope 3: Tbilisi 41.72 44.79
        AM AS EastEurope 3: Yerevan 40.18 44.51
        AZ AS EastEurope 1: Baku 40.41 49.87
        KZ AS EastEurope 5: Almaty 43.24 76.89; Astana 51.17 71.43
        UZ AS EastEurope 1: Tashkent 41.30 69.24
        KG AS EastEurope 1: Bishkek 42.87 74.59
        EG AF MiddleEast 2: Cairo 30.04 31.24
        MA AF MiddleEast 2: Casablanca 33.57 -7.59
        TN AF MiddleEast 2: Tunis 36.81 10.18
        DZ AF MiddleEast 1: Algiers 36.75 3.06
        ZA AF Africa 15: Johannesburg 26.20S 28.05E; Cape Town 33.92S 18.42E; Durban 29.86S 31.02E; Pretoria 25.75S 28.19E
        KE AF Africa 5: Nairobi 1.29S 36.82E; Mombasa 4.04S 39.67E
        NG AF Africa 4: Lagos 6.52 3.38; Abuja 9.06 7.49
        GH AF Africa 2: Accra 5.60 -0.19
        TZ AF Africa 3: Dar es Salaam 6.79S 39.21E
        UG AF Africa 2: Kampala 0.35 32.58
        RW AF Africa 1: Kigali 1.94S 30.06E
        SN AF Africa 2: Dakar 14.72 -17.47
        CI AF Africa 1: Abidjan 5.36 -4.01
        BJ AF Africa 1: Cotonou 6.37 2.39
        BF AF Africa 1: Ouagadougou 12.37 -1.52
        CM AF Africa 1: Douala 4.05 9.70
        CD AF Africa 1: Kinshasa 4.44S 15.27E
        AO AF Africa 1: Luanda 8.84S 13.23E
        ZM AF Africa 2: Lusaka 15.39S 28.32E
        ZW AF Africa 1: Harare 17.83S 31.05E
        MZ AF Africa 1: Maputo 25.97S 32.57E
        BW AF Africa 1: Gaborone 24.63S 25.92E
        NA AF Africa 1: Windhoek 22.56S 17.08E
        MG AF Africa 1: Antananarivo 18.88S 47.51E
        MU AF Africa 2: Port Louis 20.16S 57.50E
        RE AF Africa 2: Saint-Denis 20.88S 55.45E
        IN AS SouthAsia 16: Mumbai 19.08 72.88; Delhi 28.61 77.21; Bangalore 12.97 77.59; Chennai 13.08 80.27; Hyderabad 17.39 78.49; Kolkata 22.57 88.36; Pune 18.52 73.86
        PK AS SouthAsia 2: Karachi 24.86 67.01; Lahore 31.55 74.34
        BD AS SouthAsia 3: Dhaka 23.81 90.41; Chittagong 22.36 91.78
        NP AS SouthAsia 3: Kathmandu 27.72 85.32
        LK AS SouthAsia 2: Colombo 6.93 79.85
        BT AS SouthAsia 1: Thimphu 27.47 89.64
        MV AS SouthAsia 1: Male 4.18 73.51
        SG AS SoutheastAsia 14: Singapore 1.35 103.82
        ID AS SoutheastAsia 10: Jakarta 6.21S 106.85E; Surabaya 7.26S 112.75E; Denpasar 8.65S 115.22E; Medan 3.60 98.67
        MY AS SoutheastAsia 5: Kuala Lumpur 3.14 101.69; Penang 5.41 100.34
        TH AS SoutheastAsia 5: Bangkok 13.76 100.50; Chiang Mai 18.79 98.99
        VN AS SoutheastAsia 4: Ho Chi Minh City 10.82 106.63; Hanoi 21.03 105.85
        PH AS SoutheastAsia 4: Manila 14.60 120.98; Cebu 10.32 123.89
        KH AS SoutheastAsia 1: Phnom Penh 11.56 104.92
        MM AS SoutheastAsia 1: Yangon 16.84 96.17
        JP AS EastAsia 19: Tokyo 35.68 139.69; Osaka 34.69 135.50; Nagoya 35.18 136.91; Fukuoka 33.59 130.40; Sapporo 43.06 141.35; Sendai 38.27 140.87
        KR AS EastAsia 6: Seoul 37.57 126.98; Busan 35.18 129.08
        TW AS EastAsia 5: Taipei 25.03 121.57; Kaohsiung 22.63 120.30
        HK AS EastAsia 9: Hong Kong 22.32 114.17
        CN AS EastAsia 9: Shanghai 31.23 121.47; Beijing 39.90 116.41; Guangzhou 23.13 113.26; Chengdu 30.57 104.07
        MN AS EastAsia 1: Ulaanbaatar 47.89 106.91
        AU OC Oceania 20: Sydney 33.87S 151.21E; Melbourne 37.81S 144.96E; Brisbane 27.47S 153.03E; Perth 31.95S 115.86E; Adelaide 34.93S 138.60E; Canberra 35.28S 149.13E; Darwin 12.46S 130.84E
        NZ OC Oceania 9: Auckland 36.85S 174.76E; Wellington 41.29S 174.78E; Christchurch 43.53S 172.64E
        FJ OC Oceania 1: Suva 18.14S 178.44E
        NC OC Oceania 2: Noumea 22.26S 166.45E
        GU OC Oceania 1: Hagatna 13.48 144.75
        PG OC Oceania 1: Port Moresby 9.44S 147.18E
        """;

    /// <summary>All countries.</summary>
    public static IReadOnlyList<SimulatedCountry> Countries { get; } = Parse();

    private static SimulatedCountry[] Parse() =>
        [.. Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Country)];

    private static SimulatedCountry Country(string row)
    {
        var parts = row.Split(": ");
        var head = parts[0].Split(' ');
        return new(head[0], head[1], Enum.Parse<Region>(head[2]), int.Parse(head[3], CultureInfo.InvariantCulture),
            [.. parts[1].Split("; ").Select(text => City(text, head[0]))]);
    }

    private static SimulatedCity City(string text, string country)
    {
        var words = text.Split(' ');
        return new(string.Join(' ', words[..^2]), country, new GeoPoint(Degrees(words[^2]), Degrees(words[^1])));
    }

    private static double Degrees(string text)
    {
        var sign = text[^1] is 'S' or 'W' ? -1 : 1;
        return sign * double.Parse(text.TrimEnd('S', 'W', 'E', 'N'), CultureInfo.InvariantCulture);
    }
}
