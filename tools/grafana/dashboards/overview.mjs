import { colored, columns, dashboard, field, gauge, geomap, ofTarget, popVariable, all, rows, rttSteps, series, serviceVariables, stat, steps, table, timeseries, toPop, toPopOfSeries, toProbe, where } from '../panels.mjs';

const { service, latest, latestMap, isPop, isNoPop, pop } = where;

export default dashboard({
  uid: 'measurement-overview',
  title: 'Overview',
  description: 'Which PoPs the probes reach, how fast, and what changed. Rows are hourly; the newest hour is up to two and a half hours old.',
  variables: [...serviceVariables, popVariable(all)],
  lines: [
    [4,
      [4, stat({
        title: 'Answered', unit: 'percentunit', decimals: 1, thresholds: steps('red', [0.8, 'orange'], [0.95, 'green']),
        description: 'Of the probes that asked, those that anything answered. Good: above 95 %, and steady; a step down is an outage or a network that drops us.',
        queries: [series(`SELECT sum("answered") / sum("asked") FROM "coverage" WHERE ${service} GROUP BY time($__interval) fill(none)`, 'answered')],
      })],
      [4, stat({
        title: 'Attributed', unit: 'percentunit', decimals: 1, thresholds: steps('red', [0.8, 'orange'], [0.95, 'green']),
        description: 'Of the probes that were answered, those whose PoP is known. Good: above 95 %; less means identities without a rule, or interceptors.',
        queries: [series(`SELECT sum("attributed") / sum("answered") FROM "coverage" WHERE ${service} GROUP BY time($__interval) fill(none)`, 'attributed')],
      })],
      [4, stat({
        title: 'Red', unit: 'percentunit', decimals: 1, thresholds: steps('green', [0.1, 'orange'], [0.2, 'red']),
        description: 'Of the probes with a round-trip time to a PoP, those at or above the target\'s threshold. Good: below 10 %, and not rising.',
        queries: [series(`SELECT sum("red") / (sum("green") + sum("red")) FROM "catchment" WHERE ${service} AND ${isPop} GROUP BY time($__interval) fill(none)`, 'red')],
      })],
      [4, stat({
        title: 'PoPs in use', unit: 'short', decimals: 0, plain: true,
        description: 'PoPs that any probe reached in the last hours. Good: as many as announce the target.',
        queries: [rows(`SELECT count("probes") AS "PoPs" FROM (SELECT last("probes") AS "probes" FROM "catchment" WHERE ${latest} AND ${isPop} AND "probes" > 0 GROUP BY "pop")`)],
      })],
      [4, stat({
        title: 'Changes of PoP', unit: 'short', decimals: 0, calc: 'sum', noValue: '0', thresholds: steps('green'),
        description: 'How often a probe moved to another PoP for good, in the range shown. Good: few, and all of them on the day of a change of yours.',
        queries: [series(`SELECT sum("probes") FROM "flip" WHERE ${service} GROUP BY time($__interval) fill(none)`, 'changes')],
      })],
      [4, stat({
        title: 'Critical findings', unit: 'short', decimals: 0, calc: 'sum', noValue: '0', thresholds: steps('green', [1, 'red']),
        description: 'Critical findings noticed in the range shown, of this target. Good: none.',
        queries: [series(`SELECT count("text") FROM "finding" WHERE $timeFilter AND (${ofTarget}) AND "severity" = 'critical' AND "state" = 'noticed' GROUP BY time($__interval) fill(none)`, 'critical')],
      })],
    ],
    [10,
      [12, timeseries({
        title: 'Share by PoP', unit: 'percentunit', min: 0, max: 1, stack: 'normal', links: [toPopOfSeries],
        description: 'Of the probes that reached a PoP, the part that each attracts; mean of the hours of an interval. Good: bands of even width, as wide as you planned them.',
        queries: [series(`SELECT mean("share") FROM "catchment" WHERE ${service} AND ${pop} GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
      [12, timeseries({
        title: 'Round-trip time by PoP', unit: 'ms', min: 0, limit: true, thresholds: rttSteps, links: [toPopOfSeries],
        description: 'The median over each PoP\'s probes; mean of the hourly medians of an interval. Good: flat lines well below the dashed one; a step up is a detour or a PoP that reaches too far.',
        queries: [series(`SELECT mean("rtt_p50") FROM "catchment" WHERE ${service} AND ${pop} AND "probes" > 0 GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop')],
      })],
    ],
    [9,
      [12, timeseries({
        title: 'Probes by state', unit: 'short', min: 0, stack: 'percent',
        description: 'Green and red: below the target\'s threshold, and from it on. Then what reached no PoP: unanswered, unknown (no rule knows the answer), interceptor (somebody else answered). Good: nearly all green.',
        queries: [
          series(`SELECT sum("green") AS "green", sum("red") AS "red" FROM "catchment" WHERE ${service} AND ${isPop} GROUP BY time($__interval) fill(none)`, '$col'),
          series(`SELECT sum("probes") FROM "catchment" WHERE ${service} AND ${isNoPop} GROUP BY time($__interval), "pop" fill(none)`, '$tag_pop'),
        ],
        overrides: Object.entries({ green: 'green', red: 'red', unanswered: 'dark-purple', unknown: 'gray', interceptor: 'orange' })
          .map(([name, fixedColor]) => field(name, { color: { mode: 'fixed', fixedColor } })),
      })],
      [12, timeseries({
        title: 'Probes that changed PoP', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'],
        description: 'By the PoP they left; a change counts when it lasts. Good: nothing, but for the hours of a change of yours.',
        queries: [series(`SELECT sum("probes") FROM "flip" WHERE ${service} GROUP BY time($__interval), "from" fill(none)`, 'from $tag_from')],
        noValue: 'none',
      })],
    ],
    [10,
      [14, table({
        title: 'PoPs now', unit: 'short', sortBy: 'Share',
        description: 'Each PoP in its newest hour; the weighted share counts Internet users instead of probes. Good: no PoP at 0, times in green. Click a PoP for its own page.',
        queries: [rows(`SELECT last("probes") AS "Probes", last("share") AS "Share", last("weighted_share") AS "Weighted share", last("green") AS "Green", last("red") AS "Red", last("rtt_p50") AS "RTT, median", last("rtt_p95") AS "RTT, 95 %" FROM "catchment" WHERE ${latest} AND ${isPop} GROUP BY "pop"`)],
        transformations: [columns('-Time', 'pop=PoP')],
        overrides: [
          field('PoP', { links: [toPop] }),
          field('Share', { unit: 'percentunit', min: 0, max: 1, ...gauge }),
          field('Weighted share', { unit: 'percentunit', decimals: 1 }),
          field('RTT, median', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
          field('RTT, 95 %', { unit: 'ms', decimals: 0, thresholds: rttSteps, ...colored }),
        ],
      })],
      [10, table({
        title: 'Latest findings', unit: 'string', noValue: 'nothing was noticed',
        description: 'What the checks noticed, or saw end, newest first. Good: empty, or everything over; the page Findings has all of them.',
        queries: [rows(`SELECT "check", "severity", "state", "text" FROM "finding" WHERE $timeFilter AND (${ofTarget}) ORDER BY time DESC LIMIT 20`)],
        transformations: [columns('Time', 'severity=Severity', 'state=State', 'check=Check', 'text=What')],
        overrides: [field('Time', { unit: 'dateTimeAsIso', 'custom.width': 160 }), field('Severity', { 'custom.width': 80 }), field('State', { 'custom.width': 80 }), field('Check', { 'custom.width': 150 })],
      })],
    ],
    [14,
      [24, geomap({
        title: 'Probes',
        description: 'Every probe that reached a PoP in the newest snapshot (one in six hours), green below 200 ms, red from there on. Good: green wherever a PoP is near. Click a probe for its own page.',
        links: [toProbe],
        queries: [rows(`SELECT "probe", "rtt_ms", "lat", "lon", "pop" FROM "raw"."probe_map" WHERE ${latestMap} AND ${pop}`)],
      })],
    ],
  ],
});
