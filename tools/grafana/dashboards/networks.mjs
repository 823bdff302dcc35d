import { colored, columns, dashboard, field, gauge, heading, rows, rttSteps, series, serviceVariables, stateTimeline, table, tagValues, timeseries, toAsn, toCountry, toPop, toPopOfSeries, where } from '../panels.mjs';

const { service, latest, isPop } = where;

const part = (what, several, measurement, tag, name, toIt) => {
  const chosen = `"${tag}" =~ /^\${${tag}:regex}$/`;
  return [
    [1, [24, heading(`${several[0].toUpperCase()}${several.slice(1)}`)]],
    [12,
      [12, table({
        title: `Who serves each ${what}, since when`, unit: 'short', sortBy: 'Since',
        description: 'The PoP that most of its probes use now, their part of those that reach any PoP, and since when it was no other one. Good: a near PoP, a large share, a date long ago; what changed last stands on top. Click one to choose it.',
        queries: [rows(`SELECT last("pop") AS "PoP", last("share") AS "Share", last("probes") AS "Probes", last("since") AS "Since" FROM "dominant" WHERE ${latest} AND "scope" = '${tag}' GROUP BY "value"`)],
        transformations: [columns('-Time', `value=${name}`, 'PoP')],
        overrides: [
          field(name, { links: [toIt] }),
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('Since', { unit: 'dateTimeAsIso', 'custom.width': 160 }),
        ],
      })],
      [12, table({
        title: `Every PoP that serves the chosen ${several}, how fast`, unit: 'short', sortBy: 'Probes',
        description: `The chosen ${several} now; the share is that of their probes that reach any PoP. Good: times in green, few red probes.`,
        queries: [rows(`SELECT last("probes") AS "Probes", last("share") AS "Share", last("green") AS "Green", last("red") AS "Red", last("rtt_p50") AS "RTT, median", last("rtt_p95") AS "RTT, 95 %" FROM "${measurement}" WHERE ${latest} AND ${chosen} AND "probes" > 0 GROUP BY "${tag}", "pop"`)],
        transformations: [columns('-Time', `${tag}=${name}`, 'pop=PoP')],
        overrides: [
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('RTT, median', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
          field('RTT, 95 %', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
        ],
      })],
    ],
    [7,
      [24, stateTimeline({
        title: `Who served the chosen ${several}`, unit: 'string',
        description: 'The PoP that most of their probes used, hour by hour; a change of color is a change of PoP. Good: one color from left to right.',
        queries: [series(`SELECT last("pop") FROM "dominant" WHERE ${service} AND "scope" = '${tag}' AND "value" =~ /^\${${tag}:regex}$/ GROUP BY time($__interval), "value" fill(none)`, '$tag_value')],
      })],
    ],
    [9,
      [12, timeseries({
        title: `PoPs of the chosen ${several}`, unit: 'short', min: 0, stack: 'percent', links: [toPopOfSeries],
        description: 'How their probes are spread over the PoPs. Good: one or two near PoPs, and no band from another continent.',
        queries: [series(`SELECT sum("probes") FROM "${measurement}" WHERE ${service} AND ${chosen} AND ${isPop} GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
      [12, timeseries({
        title: `Round-trip time of the chosen ${several}`, unit: 'ms', min: 0, limit: true, thresholds: rttSteps, links: [toPopOfSeries],
        description: `The median of their probes by PoP; mean over the hours of an interval, and over the ${several} when several are chosen. Good: below the dashed line, and level.`,
        queries: [series(`SELECT mean("rtt_p50") FROM "${measurement}" WHERE ${service} AND ${chosen} AND ${isPop} AND "probes" > 0 GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
    ],
  ];
};

// Not all at once: a week of every country is some hundred thousand rows, and nobody can tell so many lines apart.
const several = { multi: true };

export default dashboard({
  uid: 'measurement-networks',
  title: 'Country / AS',
  description: 'Who serves a country or an AS, how fast, since when. ASes are the largest by probes; all others together are «other».',
  variables: [
    ...serviceVariables,
    tagValues('country', 'Country', 'catchment_country', 'country', several),
    tagValues('asn', 'AS', 'catchment_asn', 'asn', { ...several, sort: 3 }),
  ],
  lines: [
    ...part('country', 'countries', 'catchment_country', 'country', 'Country', toCountry),
    ...part('AS', 'ASes', 'catchment_asn', 'asn', 'AS', toAsn),
  ],
});
