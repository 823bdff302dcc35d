#!/usr/bin/env python3
"""Makes the table of root-server site codes, Collector/Network/Presets.root-sites.tsv.

    tools/root-sites.py --date 2025-07-03 FILE... > Collector/Network/Presets.root-sites.tsv

Each FILE is what root-servers.org publishes for one letter (https://root-servers.org/root/K/json/), or several of them,
one a line. Only facts are taken: the site code inside the published identifiers, town, country, position.
A position is rounded to four digits (11 m). Sites that share a code, and codes that share a site, become one PoP.

C and E publish their sites without identifiers. Their servers name an airport or a metropolitan area, so those rows are
computed: each such code of Collector/Geography/Data/airports.tsv goes to the nearest town of C or E in that country, up to 60 km
away when another letter publishes it too or the airport is large, else 30 km. The PoP is called by the code best known of these.
"""
import argparse
import json
import math
import pathlib
import re
import sys

# The site code inside an identifier, by letter. The shapes that the program reads are in Collector/Network/Presets.cs.
CODES = {
    "A": r"^[an]\d+[a-z]?(?:-[a-z0-9])?\.([a-z]{2}--?[a-z]{3})\.root$",
    "B": r"^b\d+-([a-z]{3})$",
    "D": r"^([a-z]{4})\d+\.droot\.maxgigapop\.net$",
    "F": r"^([a-z]{3})(?:\d[a-z]|\.cf)\.f\.root-servers\.org$",
    "G": r"^groot-([a-z]{3}\d)-\d+$",
    "H": r"^\d{3}\.([a-z]{3})\.h\.root-servers\.org$",
    "I": r"^([a-z]{3})$",
    "J": r"^[an]\d+[a-z]?(?:-[a-z0-9])?\.([a-z]{2}--?[a-z]{3})\.root$",
    "K": r"^ns\d+\.([a-z]{2}-[a-z]{3})\.k\.ripe\.net$",
    "L": r"^([a-z]{2}-[a-z]{3})-[a-z]{2}$",
    "M": r"^M-([a-z]{3})(?:-.+)?$",
}
AIRPORTS = pathlib.Path(__file__).parent.parent / "Collector/Geography/Data/airports.tsv"
UPPER = set("BCEFGHM")  # codes that are airport codes, mostly

def distance_km(a, b):
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1, math.sqrt(h)))


def repaired(letter, site):
    latitude, longitude = float(site["Latitude"]), float(site["Longitude"])
    if letter == "C" and site["Town"].startswith("Washington") and longitude > 0:
        longitude = -longitude  # published without its sign
    return latitude, longitude


def town(site):
    name = re.sub(r"\s+", " ", site["Town"]).strip()
    return name.title() if name.isupper() else name


def load(files):
    letters = {}
    for name in files:
        text = open(name, encoding="utf-8").read()
        try:
            documents = [json.loads(text)]
        except ValueError:
            documents = [json.loads(line) for line in text.splitlines() if line.strip()]
        for document in documents:
            letter = document.get("letter") or re.search(r"([a-mA-M])(?:\.json)?$", name).group(1)
            letters[letter.upper()] = document
    return letters


def published(letter, sites):
    """Rows (code, pop, town, country, position) of a letter that publishes identifiers."""
    pop_of, rows = {}, {}
    for site in sites:
        codes = []
        for identifier in site["Identifiers"]:
            found = re.match(CODES[letter], identifier, re.IGNORECASE)
            if not found:
                print(f"{letter}: identifier of unknown shape: {identifier}", file=sys.stderr)
                continue
            code = found.group(1).lower().replace("--", "-")
            if code not in codes:
                codes.append(code)
        suffix = site["ID"].rsplit("-", 1)[-1].lower()
        if letter == "G" and codes:
            codes.insert(0, suffix)
        if not codes:
            continue
        pop = next((pop_of[code] for code in codes if code in pop_of), suffix if suffix in codes else min(codes))
        for code in codes:
            country = code[:2].upper() if "-" in code else site["Country"]
            if code in rows and distance_km(rows[code][4], repaired(letter, site)) > 60:
                print(f"{letter}: {code} is in two places", file=sys.stderr)
            pop_of.setdefault(code, pop)
            rows.setdefault(code, (code, pop_of[code], town(site), country, repaired(letter, site)))
    return list(rows.values())


def airports():
    """Rows (code, country, position, kind) of the table of airports, which another script makes."""
    lines = (line.rstrip("\n") for line in open(AIRPORTS, encoding="utf-8") if not line.startswith("#"))
    header = next(lines).split("\t")
    for line in lines:
        row = dict(zip(header, line.split("\t")))
        yield row["code"].lower(), row["country"], (float(row["latitude"]), float(row["longitude"])), row["kind"]


def computed(letter, sites, known):
    """Rows of a letter that publishes no identifiers: the airports near its towns."""
    towns = []
    for site in sites:
        at = repaired(letter, site)
        if not any(country == site["Country"] and distance_km(at, position) < 40 for _, country, position in towns):
            towns.append((town(site), site["Country"], at))
    rows, named = [], {}
    for code, country, at, kind in sorted(airports()):
        near = [(distance_km(place, at), index) for index, (_, where, place) in enumerate(towns) if where == country]
        minor = code not in known and kind not in ("large", "metropolitan")
        if near and min(near)[0] <= (30 if minor else 60):
            distance, index = min(near)
            named.setdefault(index, []).append((code not in known, kind != "large", distance, code))
    for index, codes in named.items():
        pop = min(codes)[-1]
        rows += [(code, pop, *towns[index]) for *_, code in codes]
    for index, (name, country, _) in enumerate(towns):
        if index not in named:
            print(f"{letter}: no code is known for {name}, {country}", file=sys.stderr)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--date", required=True, help="when the files were published, yyyy-mm-dd")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    letters = load(arguments.files)
    tables = {letter: published(letter, letters[letter]["Sites"]) for letter in sorted(CODES)}
    known = {row[0] for letter in "BFHM" for row in tables[letter]}
    for letter in "CE":
        tables[letter] = computed(letter, letters[letter]["Sites"], known)
    print("# Site codes of the thirteen root servers, one row a code: letter, code, PoP, town, country, latitude, longitude.")
    print(f"# Facts published at https://root-servers.org/, as of {arguments.date}; rows of C and E computed. Made by tools/root-sites.py.")
    for letter in sorted(tables):
        for code, pop, name, country, at in sorted(tables[letter]):
            case = str.upper if letter in UPPER else str.lower
            print("\t".join((letter, case(code), case(pop), name, country, f"{at[0]:.4f}", f"{at[1]:.4f}")))


main()
