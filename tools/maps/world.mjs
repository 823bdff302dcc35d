// Packs Natural Earth's 1:50m countries (npm world-atlas) into world.bin, the asset that land and borders are drawn from.
// usage: npm install && npm run world           Layout of the file: Reports/Maps/Assets/README.md
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Bytes } from './bytes.mjs';

const require = createRequire(import.meta.url);
const topology = require('world-atlas/countries-50m.json');
const iso = require('i18n-iso-countries');

const target = process.argv[2];
const unitsPerDegree = 200;      // 0.005 degrees: 0.02 px on a world map 1,600 px wide
const toleranceDegrees = 0.015;  // 0.07 px there; still under half a pixel on a map of Europe
const smallestIslandDegrees = 0.06;

// Natural Earth's entries without an ISO number, given to the code that results from there carry; '--' is drawn, never shaded.
const unnumbered = { 'Kosovo': 'XK', 'Somaliland': 'SO', 'N. Cyprus': 'CY', 'Siachen Glacier': '--', 'Indian Ocean Ter.': '--' };
const antarctica = '010';

const { scale: [sx, sy], translate: [tx, ty] } = topology.transform;
const arcs = topology.arcs.map(deltas => {
  let x = 0, y = 0;
  const points = deltas.map(([dx, dy]) => [(x += dx) * sx + tx, (y += dy) * sy + ty]);
  // The topology is stitched over the antimeridian; unrolled, a line that crosses it runs on past 180 degrees.
  for (let i = 1; i < points.length; i++) {
    points[i][0] -= 360 * Math.round((points[i][0] - points[i - 1][0]) / 360);
  }
  return points;
});

const countries = topology.objects.countries.geometries.filter(g => g.id !== antarctica).map(g => ({
  code: g.id ? iso.numericToAlpha2(g.id) ?? fail(`no alpha-2 code for ${g.id} ${g.properties.name}`) : unnumbered[g.properties.name] ?? fail(`no code for ${g.properties.name}`),
  number: g.id ? Number(g.id) : 0,
  polygons: g.type === 'Polygon' ? [g.arcs] : g.arcs,
}));
countries.sort((a, b) => a.code < b.code ? -1 : a.code > b.code ? 1 : a.number - b.number);

const ringPoints = ring => ring.flatMap(ref => ref >= 0 ? arcs[ref] : [...arcs[~ref]].reverse());
const extent = points => Math.max(...[0, 1].map(axis => Math.max(...points.map(p => p[axis])) - Math.min(...points.map(p => p[axis]))));
for (const country of countries) {
  const sizes = country.polygons.map(polygon => extent(ringPoints(polygon[0])));
  const largest = Math.max(...sizes);
  country.polygons = country.polygons.filter((_, i) => sizes[i] >= smallestIslandDegrees || sizes[i] === largest);
}

// Arcs in order of first use, simplified once, so that neighbours keep sharing one line.
const numbers = new Map(), used = [];
const number = ref => {
  const arc = ref >= 0 ? ref : ~ref;
  if (!numbers.has(arc)) { numbers.set(arc, used.length); used.push(arc); }
  return ref >= 0 ? numbers.get(arc) : ~numbers.get(arc);
};
const packed = countries.map(c => ({ ...c, polygons: c.polygons.map(p => p.map(ring => ring.map(number))) }));

let before = 0, after = 0;
const out = new Bytes().text('WLD1').varint(unitsPerDegree).varint(used.length);
for (const arc of used) {
  const points = dedupe(simplify(arcs[arc], toleranceDegrees).map(p => p.map(v => Math.round(v * unitsPerDegree))));
  before += arcs[arc].length;
  after += points.length;
  out.varint(points.length);
  let x = 0, y = 0;
  for (const [px, py] of points) { out.zigzag(px - x).zigzag(py - y); x = px; y = py; }
}
out.varint(packed.length);
for (const country of packed) {
  out.text(country.code).varint(country.number).varint(country.polygons.length);
  for (const polygon of country.polygons) {
    out.varint(polygon.length);
    for (const ring of polygon) { out.varint(ring.length); ring.forEach(ref => out.zigzag(ref)); }
  }
}

const raw = out.toBuffer();
const bytes = deflateSync(raw, { level: 9 });
writeFileSync(join(target, 'world.bin'), bytes);
console.error(`${packed.length} countries, ${used.length} lines, ${before} points simplified to ${after}; ${raw.length} bytes, ${bytes.length} packed`);

// Douglas and Peucker; longitudes count by the cosine of their latitude. A closed line is halved at its farthest point.
function simplify(points, tolerance) {
  const keep = new Uint8Array(points.length);
  const last = points.length - 1;
  keep[0] = keep[last] = 1;
  const closed = points[0][0] === points[last][0] && points[0][1] === points[last][1];
  if (closed && points.length > 4) {
    let far = 1, farther = 1;
    points.forEach((p, i) => { if (distance(p, points[0], points[0]) > distance(points[far], points[0], points[0])) { far = i; } });
    points.forEach((p, i) => { if (distance(p, points[0], points[far]) > distance(points[farther], points[0], points[far])) { farther = i; } });
    for (const i of [far, farther]) { keep[i] = 1; }
    const stops = [0, far, farther, last].sort((a, b) => a - b);
    for (let i = 1; i < stops.length; i++) { split(stops[i - 1], stops[i]); }
  } else {
    split(0, last);
  }
  return points.filter((_, i) => keep[i]);

  function split(from, to) {
    let worst = 0, at = -1;
    for (let i = from + 1; i < to; i++) {
      const d = distance(points[i], points[from], points[to]);
      if (d > worst) { worst = d; at = i; }
    }
    if (worst > tolerance) { keep[at] = 1; split(from, at); split(at, to); }
  }

  function distance([x, y], [ax, ay], [bx, by]) {
    const k = Math.max(0.2, Math.cos(y * Math.PI / 180));
    const dx = (bx - ax) * k, dy = by - ay, px = (x - ax) * k, py = y - ay;
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
    return Math.hypot(px - t * dx, py - t * dy);
  }
}

function dedupe(points) {
  return points.filter((p, i) => i === 0 || i === points.length - 1 || p[0] !== points[i - 1][0] || p[1] !== points[i - 1][1]);
}

function fail(message) { throw new Error(message); }
