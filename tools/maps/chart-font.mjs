// Cuts the Inter typeface down to what charts write, as two font files that Skia can open.
// usage: npm install && npm run chart-font
import subsetFont from 'subset-font';
import { createRequire } from 'node:module';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const target = process.argv[2];
const inter = dirname(createRequire(import.meta.url).resolve('inter-ui/package.json'));

const ranges = [
  [0x20, 0x7e], [0xa0, 0x17f],          // Latin, Latin-1, Latin Extended-A
  [0x218, 0x21b],                       // Romanian s and t with comma
  [0x386, 0x3ce], [0x400, 0x45f],       // Greek and Cyrillic: names of targets and PoPs are the operator's own
  [0x2010, 0x2027], [0x2030, 0x203a],   // punctuation
  [0x2212, 0x2212], [0x2264, 0x2265], [0xfffd, 0xfffd],
];
const text = ranges.map(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('')).join('');

for (const weight of ['Regular', 'SemiBold']) {
  const whole = readFileSync(join(inter, 'web', `Inter-${weight}.woff2`));
  // Names 0, 13 and 14 are copyright and licence, which stay with the font.
  const cut = await subsetFont(whole, text, { targetFormat: 'truetype', keepFeatures: ['kern'], noHinting: true, preserveNameIds: [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17] });
  writeFileSync(join(target, `Inter-${weight}.ttf`), cut);
  console.error(`Inter ${weight}: ${cut.length} bytes`);
}

copyFileSync(join(inter, 'LICENSE.txt'), join(target, 'OFL.txt'));
