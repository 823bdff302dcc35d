import { barchart, colored, columns, dashboard, field, first, gauge, geomap, popVariable, rows, rttSteps, series, serviceVariables, sortBy, stat, steps, table, timeseries, toAsn, toCountry, toProbe, where } from '../panels.mjs';

const { service, latest, latestMap } = where;
const pop = '"pop" = ${pop:singlequote}';

const catchmentBy = (title, measurement, tag, name, toIt, description) => table({
  title, unit: 'short', sortBy: 'Probes', description,
  queries: [rows(`SELECT last("probes") AS "Probes", last("share") AS "Share", last("green") AS "Green", last("red") AS "Red", last("rtt_p50") AS "RTT, median", last("rtt_p95") AS "RTT, 95 %" FROM "${measurement}" WHERE ${latest} AND ${pop} AND "probes" > 0 GROUP BY "${tag}"`)],
  transformations: [columns('-Time', `${tag}=${name}`)],
  overrides: [
    field(name, { links: [toIt] }),
    field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
    field('RTT, median', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
    field('RTT, 95 %', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
  ],
});

export default dashboard({
  uid: 'measurement-pop',
  title: 'PoP',
  description: 'One PoP: whom it attracts, by country and AS, how fast it is for them, and where they stand.',
  variables: [...serviceVariables, popVariable()],
  lines: [
    [4,
      [5, stat({
        title: 'Share', unit: 'percentunit', decimals: 1, thresholds: steps('blue'),
        description: 'Of the probes that reached any PoP, those that reached this one. Good: what you planned it for.',
        queries: [series(`SELECT mean("share") FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval) fill(none)`, 'share')],
      })],
      [5, stat({
        title: 'Probes', unit: 'short', decimals: 0, thresholds: steps('red', [1, 'blue']),
        description: 'Probes that reached it, mean of the hours of an interval. Good: steady; 0 means that it is silent or withdrawn.',
        queries: [series(`SELECT mean("probes") FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval) fill(none)`, 'probes')],
      })],
      [5, stat({
        title: 'Red', unit: 'percentunit', decimals: 1, thresholds: steps('green', [0.1, 'orange'], [0.2, 'red']),
        description: 'Of its probes with a time, those at or above the target\'s threshold. Good: below 10 %; more means that it attracts networks that are far away.',
        queries: [series(`SELECT sum("red") / (sum("green") + sum("red")) FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval) fill(none)`, 'red')],
      })],
      [5, stat({
        title: 'Median', unit: 'ms', decimals: 0, thresholds: rttSteps,
        description: 'The median round-trip time over its probes, mean of the hours of an interval. Good: what the distance to its region explains.',
        queries: [series(`SELECT mean("rtt_p50") FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval) fill(none)`, 'median')],
      })],
      [4, stat({
        title: '95 %', unit: 'ms', decimals: 0, thresholds: rttSteps,
        description: 'A twentieth of its probes is slower, mean of the hours of an interval. Good: below 200 ms; far above the median means that a part of the catchment is far away.',
        queries: [series(`SELECT mean("rtt_p95") FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval) fill(none)`, '95 %')],
      })],
    ],
    [9,
      [12, timeseries({
        title: 'Share', unit: 'percentunit', min: 0,
        description: 'Its part of the probes that reached any PoP, and the same weighted for Internet users. Good: both lines level; a step follows an announcement, yours or a neighbour\'s.',
        queries: [series(`SELECT mean("share") AS "probes", mean("weighted_share") AS "users" FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval) fill(none)`, '$col')],
      })],
      [12, timeseries({
        title: 'Round-trip time', unit: 'ms', min: 0, limit: true, thresholds: rttSteps,
        description: 'Quantiles over its probes, exact for an hour, mean of the hours of an interval. Good: lines close together and below the dashed one; a rising 90 % with a level median is a detour of a few.',
        queries: [series(`SELECT mean("rtt_p10") AS "10 %", mean("rtt_p50") AS "median", mean("rtt_p90") AS "90 %", mean("rtt_p95") AS "95 %", mean("rtt_p99") AS "99 %" FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval) fill(none)`, '$col')],
      })],
    ],
    [9,
      [12, timeseries({
        title: 'Green and red', unit: 'short', min: 0, stack: 'normal',
        description: 'Its probes below the target\'s threshold, and from it on, mean of the hours of an interval. Good: green, and no band of red growing on top.',
        queries: [series(`SELECT mean("green") AS "green", mean("red") AS "red" FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval) fill(none)`, '$col')],
        overrides: ['green', 'red'].map((color) => field(color, { color: { mode: 'fixed', fixedColor: color } })),
      })],
      [12, timeseries({
        title: 'Won and lost', unit: 'short', bars: true, calcs: ['sum'], noValue: 'none',
        description: 'Probes that came from another PoP for good (above), and that left for another (below). Good: nothing, but for the hours of a change of yours.',
        queries: [
          series(`SELECT sum("probes") FROM "flip" WHERE ${service} AND "to" = \${pop:singlequote} GROUP BY time($__interval), "from" fill(none)`, 'from $tag_from'),
          series(`SELECT sum("probes") FROM "flip" WHERE ${service} AND "from" = \${pop:singlequote} GROUP BY time($__interval), "to" fill(none)`, 'to $tag_to'),
        ],
        overrides: [{ matcher: { id: 'byRegexp', options: '/^to /' }, properties: [{ id: 'custom.transform', value: 'negative-Y' }] }],
      })],
    ],
    [12,
      [12, catchmentBy('Its countries', 'catchment_country', 'country', 'Country', toCountry, 'The countries whose probes reach it now; the share is that of the country\'s probes. Good: those of its region, with most of their probes, in green. Click a country for who else serves it.')],
      [12, catchmentBy('Its ASes', 'catchment_asn', 'asn', 'AS', toAsn, 'The largest ASes whose probes reach it now; the others together are «other»; the share is that of the AS\'s probes. Good: networks that you peer with or buy from there. Click an AS for who else serves it.')],
    ],
    [9,
      [24, barchart({
        title: 'Largest countries', unit: 'short', min: 0, x: 'country',
        description: 'The twenty countries with the most probes here, those below the threshold and those from it on. Good: no red; red countries are too far away for this PoP.',
        queries: [rows(`SELECT last("probes") AS "probes", last("green") AS "green", last("red") AS "red" FROM "catchment_country" WHERE ${latest} AND ${pop} AND "probes" > 0 GROUP BY "country"`)],
        transformations: [sortBy('probes'), first(20), columns('-Time', '-probes', 'country')],
        overrides: ['green', 'red'].map((color) => field(color, { color: { mode: 'fixed', fixedColor: color } })),
      })],
    ],
    [14,
      [24, geomap({
        title: 'Its probes',
        description: 'The probes that reached it in the newest snapshot (one in six hours), green below 200 ms, red from there on. Good: one green cloud around it; a second cloud on another continent is traffic to bring back. Click a probe for its own page.',
        links: [toProbe],
        queries: [rows(`SELECT "probe", "rtt_ms", "lat", "lon" FROM "raw"."probe_map" WHERE ${latestMap} AND ${pop}`)],
      })],
    ],
  ],
});
