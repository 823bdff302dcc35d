// What the table makers share: where the tables go and how a row is written.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../Collector/Geography/Data/', import.meta.url));

/** Writes a tab-separated table with a comment on top; rows keep the order they come in, so that versions can be compared. */
export function write(name, comment, columns, rows) {
  const lines = comment.trim().split('\n').map(line => ('# ' + line.trim()).trimEnd());
  for (const row of rows) {
    if (row.length !== columns.length || row.some(cell => /[\t\n]/.test(String(cell)))) {
      throw new Error(`${name}: bad row ${JSON.stringify(row)}`);
    }
  }

  writeFileSync(folder + name, [...lines, columns.join('\t'), ...rows.map(row => row.join('\t').trimEnd())].join('\n') + '\n');
  console.log(`${name}: ${rows.length} rows`);
}

/** Degrees with as many decimals as the facts deserve. */
export const degrees = (value, decimals) => String(Number(Number(value).toFixed(decimals)));

// Letters that Unicode does not take apart into a base letter and a mark.
const letters = { ß: 'ss', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'Ae', œ: 'oe', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ı: 'i', ə: 'a', Ə: 'A', ħ: 'h', Ħ: 'H' };

/** A name in ASCII: marks taken off, the usual replacement for other letters; what is left beyond ASCII is dropped. */
export const ascii = name => name
  .normalize('NFD').replace(/\p{M}/gu, '')
  .replace(/[^\x00-\x7f]/gu, letter => letters[letter] ?? (/[\u2018\u2019\u02bb\u02bc]/.test(letter) ? "'" : /[\u2013\u2014]/.test(letter) ? '-' : ''))
  .trim();

export const distanceKm = (latitude1, longitude1, latitude2, longitude2) => {
  const radians = Math.PI / 180;
  const haversine = Math.sin((latitude2 - latitude1) * radians / 2) ** 2
    + Math.cos(latitude1 * radians) * Math.cos(latitude2 * radians) * Math.sin((longitude2 - longitude1) * radians / 2) ** 2;
  return 2 * 6371.0088 * Math.asin(Math.sqrt(haversine));
};
