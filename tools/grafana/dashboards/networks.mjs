import { all, colored, columns, dashboard, field, gauge, heading, rows, rttSteps, series, serviceVariables, stateTimeline, table, tagValues, timeseries, toAsn, toCountry, toPop, toPopOfSeries, where } from '../panels.mjs';

const { service, latest, isPop } = where;

const part = (what, several, measurement, tag, name, toIt) => {
  const chosen = `"${tag}" =~ /^\${${tag}:regex}$/`;
  const led = `"scope" = '${tag}' AND "value" =~ /^\${${tag}:regex}$/`;
  return [
    [1, [24, heading(several)]],
    [11,
      [10, table({
        title: `Who serves each ${what}, since when`, unit: 'short', sortBy: 'Since',
        description: `The PoP that most of its probes use now, their part of those that reach any PoP, and since when it was no other one. Good: a near PoP, a large share, a date long ago; what changed last stands on top.`,
        queries: [rows(`SELECT last("pop") AS "PoP", last("share") AS "Share", last("probes") AS "Probes", last("since") AS "Since" FROM "dominant" WHERE ${latest} AND ${led} GROUP BY "value"`)],
        transformations: [columns('-Time', `value=${name}`, 'PoP')],
        overrides: [
          field(name, { links: [toIt] }),
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('Since', { unit: 'dateTimeAsIso', 'custom.width': 160 }),
        ],
      })],
      [14, stateTimeline({
        title: `Who served each ${what}`, unit: 'string',
        description: 'The PoP that most of its probes used, hour by hour; a change of color is a change of PoP. Good: one color from left to right.',
        queries: [series(`SELECT last("pop") FROM "dominant" WHERE ${service} AND ${led} GROUP BY time($__interval), "value" fill(none)`, '$tag_value')],
      })],
    ],
    [10,
      [12, timeseries({
        title: `PoPs of the chosen ${several.toLowerCase()}`.replace('ases', 'ASes'), unit: 'short', min: 0, stack: 'percent', links: [toPopOfSeries],
        description: 'How their probes are spread over the PoPs. Good: one or two near PoPs, and no band from another continent.',
        queries: [series(`SELECT sum("probes") FROM "${measurement}" WHERE ${service} AND ${chosen} AND ${isPop} GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
      [12, timeseries({
        title: 'How fast', unit: 'ms', min: 0, limit: true, thresholds: rttSteps, links: [toPopOfSeries],
        description: `The median round-trip time of their probes by PoP; mean over hours and over the ${several.replace('Countries', 'countries')} chosen. Good: below the dashed line, and level. Choose one to see its own times.`,
        queries: [series(`SELECT mean("rtt_p50") FROM "${measurement}" WHERE ${service} AND ${chosen} AND ${isPop} AND "probes" > 0 GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
    ],
    [11,
      [24, table({
        title: `Every PoP that serves each ${what}`, unit: 'short', sortBy: 'Probes',
        description: `Each ${what} and PoP in the newest hours; the share is that of its probes that reach any PoP. Good: times in green, few red probes.`,
        queries: [rows(`SELECT last("probes") AS "Probes", last("share") AS "Share", last("green") AS "Green", last("red") AS "Red", last("rtt_p50") AS "RTT, median", last("rtt_p95") AS "RTT, 95 %" FROM "${measurement}" WHERE ${latest} AND ${chosen} AND "probes" > 0 GROUP BY "${tag}", "pop"`)],
        transformations: [columns('-Time', `${tag}=${name}`, 'pop=PoP')],
        overrides: [
          field(name, { links: [toIt] }),
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('RTT, median', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
          field('RTT, 95 %', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
        ],
      })],
    ],
  ];
};

export default dashboard({
  uid: 'measurement-networks',
  title: 'Country / AS',
  description: 'Who serves a country or an AS, how fast, since when. ASes are the largest by probes; all others together are «other».',
  variables: [
    ...serviceVariables,
    tagValues('country', 'Country', 'catchment_country', 'country', { ...all, allValue: '.*' }),
    tagValues('asn', 'AS', 'catchment_asn', 'asn', { ...all, allValue: '.*', sort: 3 }),
  ],
  lines: [
    ...part('country', 'Countries', 'catchment_country', 'country', 'Country', toCountry),
    ...part('AS', 'ASes', 'catchment_asn', 'asn', 'AS', toAsn),
  ],
});
