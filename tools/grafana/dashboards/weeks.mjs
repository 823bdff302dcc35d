import { all, columns, colored, dashboard, field, first, gauge, having, heading, merged, popVariable, rows, rttSteps, series, serviceVariables, sortBy, steps, table, timeseries, toCountry, toAsn, toPop, where } from '../panels.mjs';

const { service, latest, thisWeek, weekBefore, dayBeforeThisWeek, isPop, pop } = where;

const difference = (left, right, alias) => ({
  id: 'calculateField',
  options: { mode: 'binary', alias, binary: { left, operator: '-', right }, reduce: { reducer: 'sum' }, replaceFields: false },
});

const aBitAway = { mode: 'absolute', steps: [{ value: null, color: 'orange' }, { value: -0.02, color: 'text' }, { value: 0.02, color: 'orange' }] };

const changed = (what, scope, name, toIt) => table({
  title: `${what} that changed PoP`, unit: 'short', sortBy: 'Since', noValue: 'none changed',
  description: `Those with three probes or more whose PoP changed in the last seven days of the range: the PoP of most of their probes now, since when, and the one at the end of the week before. Good: empty, or what you meant to move. Where both are the same it changed and came back.`,
  queries: [
    rows(`SELECT last("pop") AS "Now", last("since") AS "Since", last("probes") AS "Probes" FROM "dominant" WHERE ${latest} AND "scope" = '${scope}' AND "probes" >= 3 AND "since" >= \${__to} - 604800000 GROUP BY "value"`),
    rows(`SELECT last("pop") AS "Before" FROM "dominant" WHERE ${dayBeforeThisWeek} AND "scope" = '${scope}' GROUP BY "value"`),
  ],
  transformations: [...merged, having('Now'), columns(`value=${name}`, 'Before', 'Now', 'Since', 'Probes')],
  overrides: [field(name, { links: [toIt] }), field('Now', { links: [toPop] }), field('Before', { links: [toPop] }), field('Since', { unit: 'dateTimeAsIso', 'custom.width': 160 })],
});

const twice = (make) => [[12, make('This range', undefined)], [12, make('A week before', '1w')]];

export default dashboard({
  uid: 'measurement-weeks',
  title: 'Week against week',
  description: 'The last seven days of the range against the seven before: what a change of yours did, and what changed without one.',
  variables: [...serviceVariables, popVariable(all)],
  lines: [
    [11,
      [24, table({
        title: 'PoPs', unit: 'short', sortBy: 'Share',
        description: 'Means over the hours of the last seven days of the range and of the seven before. Good: changes near 0, but for what you changed; orange from two percentage points on.',
        queries: [
          rows(`SELECT mean("share") AS "Share", mean("probes") AS "Probes" FROM "catchment" WHERE ${thisWeek} AND ${pop} GROUP BY "pop"`),
          rows(`SELECT mean("share") AS "Share before", mean("probes") AS "Probes before" FROM "catchment" WHERE ${weekBefore} AND ${pop} GROUP BY "pop"`),
          rows(`SELECT mean("rtt_p50") AS "RTT", mean("rtt_p95") AS "RTT, 95 %" FROM "catchment" WHERE ${thisWeek} AND ${pop} AND "probes" > 0 GROUP BY "pop"`),
          rows(`SELECT mean("rtt_p50") AS "RTT before" FROM "catchment" WHERE ${weekBefore} AND ${pop} AND "probes" > 0 GROUP BY "pop"`),
        ],
        transformations: [
          ...merged,
          difference('Share', 'Share before', 'Share, change'),
          difference('RTT', 'RTT before', 'RTT, change'),
          columns('pop=PoP', 'Share before', 'Share', 'Share, change', 'Probes before', 'Probes', 'RTT before', 'RTT', 'RTT, change', 'RTT, 95 %'),
        ],
        overrides: [
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('Share before', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('Share, change', { unit: 'percentunit', decimals: 1, thresholds: aBitAway, ...colored }),
          field('Probes', { decimals: 0 }),
          field('Probes before', { decimals: 0 }),
          field('RTT', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
          field('RTT before', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
          field('RTT, change', { unit: 'ms', decimals: 0, thresholds: steps('green', [-10, 'text'], [10, 'orange']), ...colored }),
          field('RTT, 95 %', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
        ],
      })],
    ],
    [1, [24, heading('Where it changed')]],
    [10,
      [12, changed('Countries', 'country', 'Country', toCountry)],
      [12, changed('ASes', 'asn', 'AS', toAsn)],
    ],
    [10,
      [24, table({
        title: 'From where to where', unit: 'short', sortBy: 'Probes', noValue: 'no probe moved for good',
        description: 'Probes that moved from one PoP to another for good in the last seven days of the range. Good: few, or those that you meant to move.',
        queries: [rows(`SELECT sum("probes") AS "Probes" FROM "flip" WHERE ${thisWeek} GROUP BY "from", "to"`)],
        transformations: [columns('-Time', 'from=From', 'to=To', 'Probes'), sortBy('Probes'), first(50)],
        overrides: [field('From', { links: [toPop] }), field('To', { links: [toPop] }), field('Probes', { min: 0, ...gauge })],
      })],
    ],
    [1, [24, heading('Hour by hour: the range shown, and the same hours a week before')]],
    [9, ...twice((title, timeShift) => timeseries({
      title: `Share by PoP: ${title.toLowerCase()}`, unit: 'percentunit', min: 0, max: 1, stack: 'normal', timeShift, calcs: ['mean'],
      description: 'Of the probes that reached a PoP, the part that each attracts. Good: both halves look alike.',
      queries: [series(`SELECT mean("share") FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
    }))],
    [9, ...twice((title, timeShift) => timeseries({
      title: `Round-trip time by PoP: ${title.toLowerCase()}`, unit: 'ms', min: 0, limit: true, thresholds: rttSteps, timeShift, calcs: ['mean'],
      description: 'The median over each PoP\'s probes; mean of the hourly medians of an interval. Good: both halves look alike.',
      queries: [series(`SELECT mean("rtt_p50") FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
    }))],
    [9, ...twice((title, timeShift) => timeseries({
      title: `Red: ${title.toLowerCase()}`, unit: 'percentunit', min: 0, timeShift, calcs: ['mean'],
      description: 'Of all probes with a time to a PoP, those at or above the target\'s threshold. Good: both halves look alike, and low.',
      queries: [series(`SELECT sum("red") / (sum("green") + sum("red")) FROM "catchment" WHERE ${service} AND ${isPop} GROUP BY time($__interval) fill(none)`, 'red')],
    }))],
  ],
});
