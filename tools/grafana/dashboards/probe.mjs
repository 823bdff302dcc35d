import { colored, columns, dashboard, field, only, rows, rttSteps, series, serviceVariables, stat, stateTimeline, steps, table, timeseries, toPop, where } from '../panels.mjs';

const { service, latestMap, lastDay } = where;
const probe = '"probe" = ${probe:raw}';

export default dashboard({
  uid: 'measurement-probe',
  title: 'Probe',
  description: 'One probe: its PoPs and its round-trip times. The range shown is told from snapshots six hours apart, the last day of it answer by answer: a probe is no tag, and looking for one among all answers of a week would take seconds.',
  variables: [
    ...serviceVariables,
    {
      type: 'textbox', name: 'probe', label: 'Probe', description: 'Its number at RIPE Atlas.', query: '1', hide: 0, options: [], current: { text: '1', value: '1' },
    },
  ],
  lines: [
    [4,
      [6, stat({
        title: 'PoP', unit: 'string', text: 'pop', thresholds: steps('blue'), noValue: 'not seen',
        description: 'The PoP in the newest snapshot; unanswered, unknown and interceptor are none. Good: a near one.',
        queries: [rows(`SELECT "probe", "rtt_ms", "pop" FROM "raw"."probe_map" WHERE ${latestMap} AND ${probe}`)],
      })],
      [6, stat({
        title: 'Round-trip time', unit: 'ms', decimals: 1, thresholds: rttSteps, plain: true, noValue: 'none',
        description: 'Of the newest snapshot: the median of its hour. Good: below 200 ms, and what the distance explains.',
        queries: [rows(`SELECT "rtt_ms" FROM "raw"."probe_map" WHERE ${latestMap} AND ${probe}`)],
      })],
      [6, stat({
        title: 'Median of the last day', unit: 'ms', decimals: 1, thresholds: rttSteps, plain: true, noValue: 'none', timeFrom: '24h',
        description: 'Over its pings. Good: close to the newest; a newest far above is a detour or a busy line.',
        queries: [rows(`SELECT median("rtt_ms") AS "median" FROM "raw"."probe_rtt" WHERE ${lastDay} AND ${probe} AND "source" = 'ping'`)],
      })],
      [6, stat({
        title: 'Spread of the last day', unit: 'ms', decimals: 1, thresholds: steps('green', [50, 'orange']), plain: true, noValue: 'none', timeFrom: '24h',
        description: 'Its slowest ping less its fastest. Good: a few milliseconds; much more is a busy line at the probe, or more than one path.',
        queries: [rows(`SELECT spread("rtt_ms") AS "spread" FROM "raw"."probe_rtt" WHERE ${lastDay} AND ${probe} AND "source" = 'ping'`)],
      })],
    ],
    [5,
      [24, stateTimeline({
        title: 'Its PoPs', unit: 'string',
        description: 'Which PoP it reached, snapshots six hours apart. Good: one color from left to right; two that alternate are a balanced load on the way.',
        queries: [rows(`SELECT "probe", "pop" FROM "raw"."probe_map" WHERE ${service} AND ${probe}`)],
        transformations: [only('Time', 'pop')],
      })],
    ],
    [9,
      [24, timeseries({
        title: 'Round-trip time', unit: 'ms', min: 0, limit: true, thresholds: rttSteps, points: true, calcs: ['min', 'mean', 'max'],
        description: 'Of the snapshots, by PoP. Good: level, below the dashed line.',
        queries: [series(`SELECT "rtt_ms" FROM "raw"."probe_map" WHERE ${service} AND ${probe} GROUP BY "pop"`, '$tag_pop')],
      })],
    ],
    [9,
      [12, timeseries({
        title: 'Every answer of the last day', unit: 'ms', min: 0, limit: true, thresholds: rttSteps, points: true, calcs: ['min', 'mean', 'max'], timeFrom: '24h',
        description: 'Each ping and DNS answer by PoP. Good: pings in one level line; DNS answers stand a little above.',
        queries: [series(`SELECT "rtt_ms" FROM "raw"."probe_rtt" WHERE ${lastDay} AND ${probe} GROUP BY "pop", "source"`, '$tag_pop $tag_source')],
      })],
      [12, table({
        title: 'Answers of the last day', unit: 'ms', sortBy: 'Time', timeFrom: '24h', noValue: 'nothing answered',
        description: 'Newest first; what was not answered is not here. Good: an answer a round, and always the same PoP.',
        queries: [rows(`SELECT "rtt_ms", "pop", "source" FROM "raw"."probe_rtt" WHERE ${lastDay} AND ${probe}`)],
        transformations: [columns('Time', 'pop=PoP', 'source=Source', 'rtt_ms=RTT')],
        overrides: [field('Time', { unit: 'dateTimeAsIso' }), field('PoP', { links: [toPop] }), field('RTT', { decimals: 1, thresholds: rttSteps, ...colored })],
      })],
    ],
  ],
});
