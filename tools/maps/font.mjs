// Extracts glyph outlines, advances and kerning of the Inter typeface into outlines.bin, the asset that text is drawn from.
// usage: npm install && npm run font            Layout of the file: Reports/Canvas/Assets/README.md
import * as fontkit from 'fontkit';
import { createRequire } from 'node:module';
import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Bytes } from './bytes.mjs';

const target = process.argv[2];
const inter = dirname(createRequire(import.meta.url).resolve('inter-ui/package.json'));

const ranges = [
  [0x20, 0x7e], [0xa0, 0x17f],          // Latin, Latin-1, Latin Extended-A
  [0x218, 0x21b], [0x1e9e, 0x1e9e],     // Romanian s and t with comma, capital sharp s
  [0x386, 0x3ce], [0x400, 0x45f],       // Greek and Cyrillic: names of cities and networks
  [0x490, 0x491],
  [0x2010, 0x2027], [0x2030, 0x203a],   // punctuation
  [0x20ac, 0x20ac], [0x2116, 0x2116], [0x2122, 0x2122],
  [0x2190, 0x2193],                     // arrows
  [0x2202, 0x2202], [0x2206, 0x2206], [0x2212, 0x2212], [0x221e, 0x221e], [0x2248, 0x2248], [0x2260, 0x2260], [0x2264, 0x2265],
  [0x25a0, 0x25a1], [0x25b2, 0x25b3], [0x25bc, 0x25bc], [0x25c6, 0x25c7], [0x25cb, 0x25cb], [0x25cf, 0x25cf],
  [0x2605, 0x2606], [0xfffd, 0xfffd],
];

// Plain pair kerning alone: what the program applies is exactly what is measured here.
const features = { kern: true, calt: false, liga: false, clig: false, ccmp: false, rlig: false, locl: false, mark: false, mkmk: false };

const out = new Bytes().text('GLY1');
const faces = [['Inter-Regular.woff2', 400], ['Inter-SemiBold.woff2', 600]];
out.byte(faces.length);
for (const [file, weight] of faces) {
  const font = fontkit.openSync(join(inter, 'web', file));
  const points = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
    .filter(point => font.hasGlyphForCodePoint(point))
    .sort((a, b) => a - b);
  out.varint(weight).varint(font.unitsPerEm).zigzag(font.ascent).zigzag(font.descent).zigzag(font.capHeight).zigzag(font.xHeight);

  out.varint(points.length);
  let previous = 0;
  for (const point of points) {
    const glyph = font.glyphForCodePoint(point);
    out.varint(point - previous).varint(Math.round(glyph.advanceWidth));
    previous = point;
    writeOutline(glyph.path.commands);
  }

  const rows = points.map(left => points.map(right => kerning(font, left, right)));
  const [rowClass, rowSet] = classes(rows);
  const [columnClass, columnSet] = classes(points.map((_, column) => rowSet.map(row => row[column])));
  out.varint(rowSet.length).varint(columnSet.length);
  rowClass.forEach(c => out.varint(c));
  columnClass.forEach(c => out.varint(c));
  for (let row = 0; row < rowSet.length; row++) { columnSet.forEach(column => out.zigzag(column[row])); }
  console.error(`${font.fullName} ${font.version}: ${points.length} glyphs, kerning ${rowSet.length} x ${columnSet.length} classes`);
}

const raw = out.toBuffer();
const packed = deflateSync(raw, { level: 9 });
writeFileSync(join(target, 'outlines.bin'), packed);
copyFileSync(join(inter, 'LICENSE.txt'), join(target, 'OFL.txt'));
console.error(`${raw.length} bytes, ${packed.length} packed`);

// 1 move, 2 line, 3 quadratic curve, 0 end; coordinates as differences from the last point, y up. Contours close themselves.
function writeOutline(commands) {
  let x = 0, y = 0;
  const to = (px, py) => { px = Math.round(px); py = Math.round(py); out.zigzag(px - x).zigzag(py - y); x = px; y = py; };
  for (const { command, args } of commands) {
    switch (command) {
      case 'moveTo': out.byte(1); to(args[0], args[1]); break;
      case 'lineTo': out.byte(2); to(args[0], args[1]); break;
      case 'quadraticCurveTo': out.byte(3); to(args[0], args[1]); to(args[2], args[3]); break;
      case 'closePath': break;
      default: throw new Error(`unexpected outline command ${command}`);
    }
  }
  out.byte(0);
}

function kerning(font, left, right) {
  const first = font.glyphForCodePoint(left);
  const run = font.layout(String.fromCodePoint(left, right), features);
  return run.glyphs.length === 2 ? Math.round(run.positions[0].xAdvance - first.advanceWidth) : 0;
}

// Rows that are alike share a class; the classes in order of first appearance.
function classes(rows) {
  const known = new Map(), set = [];
  const of = rows.map(row => {
    const key = row.join();
    if (!known.has(key)) { known.set(key, set.length); set.push(row); }
    return known.get(key);
  });
  return [of, set];
}
