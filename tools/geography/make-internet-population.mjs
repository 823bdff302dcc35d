// Makes internet-population.tsv from two CSV files given as arguments:
//   node make-internet-population.mjs SHARES.csv POPULATION.csv
// SHARES: entity;code;year;percent (Our World in Data's download of ITU's figures through the World Bank, IT.NET.USER.ZS).
// POPULATION: country,code,year,value (World Bank SP.POP.TOTL). Both use ISO alpha-3 codes, Kosovo apart.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { write } from './table.mjs';

const require = createRequire(import.meta.url);
const iso = require('i18n-iso-countries');
const [, , sharesFile, populationFile] = process.argv;
const countries = readFileSync(new URL('../../Collector/Geography/Data/countries.tsv', import.meta.url), 'utf8').split('\n')
  .filter(line => line && !line.startsWith('#')).slice(1).map(line => line.split('\t'));

// People in territories that the World Bank does not list: rounded figures of the UN (World Population Prospects 2024) and, for the
// smallest, of their own statistical offices. The overseas departments are taken out of France, which the World Bank counts them in.
const others = {
  AI: 15000, AX: 30500, BL: 11000, BQ: 30000, CC: 600, CK: 15000, CX: 1700, FK: 3700, GF: 312000, GG: 64000, GP: 375000, IO: 3000, JE: 103000, MQ: 343000,
  MS: 4400, NF: 2200, NU: 1700, PM: 5600, PN: 50, RE: 889000, SH: 5300, SJ: 2500, TK: 2500, TW: 23400000, UM: 300, VA: 500, WF: 11200, YT: 326000, EH: 591000,
};
const departments = ['GF', 'GP', 'MQ', 'RE', 'YT'];

const latest = (file, separator, oldest) => {
  const found = new Map();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const cells = line.split(separator);
    const [code, year, value] = [cells.at(-3), Number(cells.at(-2)), Number(cells.at(-1))];
    if (code && year >= oldest && Number.isFinite(value) && (found.get(code)?.year ?? 0) < year) {
      found.set(code, { year, value });
    }
  }

  return found;
};

// A share from before 2012 says too little about today: it counts as missing.
const shares = latest(sharesFile, ';', 2012);
const populations = latest(populationFile, ',', 2015);
const facts = countries.map(([alpha2, alpha3, , , continent, subregion]) => {
  const share = shares.get(alpha2 === 'XK' ? 'OWID_KOS' : alpha3);
  const population = populations.get(alpha3) ?? (others[alpha2] ? { year: 2024, value: others[alpha2] } : { year: 2024, value: 0 });
  return { alpha2, continent, subregion, share, population: { ...population }, rounded: !populations.has(alpha3) };
});

const france = facts.find(fact => fact.alpha2 === 'FR');
france.population.value -= departments.reduce((sum, code) => sum + others[code], 0);

/** Users ÷ people over the countries of a region whose share is known. */
const regional = test => {
  const known = facts.filter(fact => fact.share && test(fact));
  const people = known.reduce((sum, fact) => sum + fact.population.value, 0);
  return known.length < 2 ? null : known.reduce((sum, fact) => sum + fact.share.value * fact.population.value, 0) / people;
};

// Richer than the rest of Eastern Asia taken together: Taiwan's own survey (TWNIC, 2023). North Korea reports none.
const surveyed = { TW: { value: 84.7, year: 2023, note: 'estimate: TWNIC survey' }, KP: { value: 0, year: 2013, note: 'reported: none' } };

// Territories that live more like the country they belong to than like their neighbours.
const alike = { BL: 'FR', GF: 'FR', GP: 'FR', IO: 'GB', MF: 'FR', MQ: 'FR', RE: 'FR', YT: 'FR' };
const shareOf = code => facts.find(fact => fact.alpha2 === code).share;

write('internet-population.tsv', `
  Internet users per country: people × share of them who used the Internet in the last three months.
  Made by tools/geography/make-internet-population.mjs; replaceable, see InternetPopulation.Load.
  Population: World Bank, SP.POP.TOTL, 1960-2024 (CC BY 4.0). Share: ITU through World Bank, IT.NET.USER.ZS, to 2023, as of November 2025 (CC BY 4.0).
  basis: reported; population = share reported, people rounded from UN or national figures; estimate = no share since 2012, so that of
  the sub-region (M49), or of the country named, is taken. Share and year are those used.`,
['country', 'users', 'population', 'populationYear', 'sharePercent', 'shareYear', 'basis'],
facts.map(({ alpha2, continent, subregion, share, population, rounded }) => {
  const survey = surveyed[alpha2] ?? (alike[alpha2] ? { ...shareOf(alike[alpha2]), note: `estimate: as ${alike[alpha2]}` } : null);
  const region = regional(fact => fact.subregion === subregion) ?? regional(fact => fact.continent === continent) ?? 0;
  const used = survey ?? share ?? { value: population.value === 0 ? 0 : region, year: 2023 };
  const basis = survey?.note ?? (share ? (rounded ? 'population' : 'reported') : population.value === 0 ? 'uninhabited' : 'estimate: sub-region');
  return [alpha2, Math.round(population.value * used.value / 100), Math.round(population.value), population.year, used.value.toFixed(1), used.year, basis];
}));
