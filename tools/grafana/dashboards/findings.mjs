import { all, colored, columns, dashboard, field, ofTarget, rows, series, serviceVariables, stat, steps, table, tagValues, timeseries } from '../panels.mjs';

const severities = [{ type: 'value', options: { critical: { color: 'red', index: 0 }, warning: { color: 'orange', index: 1 }, info: { color: 'blue', index: 2 } } }];
const ours = `(${ofTarget}) AND ("family" = \${family:singlequote} OR "family" = 'both')`;
const concerned = `$timeFilter AND ${ours}`;
const chosen = `${concerned} AND "check" =~ /^\${check:regex}$/ AND "severity" =~ /^\${severity:regex}$/`;
const values = (name, label) => tagValues(name, label, 'finding', name, { ...all, allValue: '.*', query: ofAll(name) });
const ofAll = (tag) => `SHOW TAG VALUES FROM "finding" WITH KEY = "${tag}" WHERE $timeFilter`;

// What changed nothing for longer than a month is not found any more.
const month = `time > \${__to}ms - 30d AND time <= \${__to}ms`;
const open = (title, severity, color, good) => stat({
  title, unit: 'short', decimals: 0, plain: true, noValue: '0', thresholds: steps('green', [1, color]),
  description: `What holds at the end of the range shown, of this target or all, as far as it began in the month before. Good: ${good}.`,
  queries: [rows(`SELECT sum("open") AS "open" FROM (SELECT last("open") AS "open" FROM "finding" WHERE ${month} AND ${ours} AND "severity" = '${severity}' GROUP BY "target", "family", "check")`)],
});

const count = (title, severity, color, good) => stat({
  title, unit: 'short', decimals: 0, calc: 'sum', noValue: '0', thresholds: steps('green', [1, color]),
  description: `Noticed in the range shown, with this target or all. Good: ${good}.`,
  queries: [series(`SELECT count("text") FROM "finding" WHERE ${concerned} AND "severity" = '${severity}' AND "state" = 'noticed' GROUP BY time($__interval) fill(none)`, severity)],
});

export default dashboard({
  uid: 'measurement-findings',
  title: 'Findings',
  description: 'What the checks noticed, and when it was over. How each check works, when it misleads and what to do is told by its page in docs/checks.',
  variables: [...serviceVariables, values('check', 'Check'), values('severity', 'Severity')],
  lines: [
    [4,
      [4, open('Critical now', 'critical', 'red', 'none')],
      [4, open('Warnings now', 'warning', 'orange', 'few, and none for weeks on end')],
      [4, open('For information now', 'info', 'blue', 'whatever there is: nothing has to be done about these')],
      [4, count('Critical, noticed', 'critical', 'red', 'none')],
      [4, count('Warnings, noticed', 'warning', 'orange', 'none; many at once have one cause, often a change of yours')],
      [4, stat({
        title: 'Over', unit: 'short', decimals: 0, calc: 'sum', noValue: '0', thresholds: steps('green'),
        description: 'Findings of any severity that ended in the range shown. Good: as many as were noticed.',
        queries: [series(`SELECT count("text") FROM "finding" WHERE ${concerned} AND "state" = 'over' GROUP BY time($__interval) fill(none)`, 'over')],
      })],
    ],
    [9,
      [24, timeseries({
        title: 'Open findings', unit: 'short', min: 0, stack: 'normal', calcs: ['lastNotNull', 'max'], noValue: 'nothing was noticed',
        description: 'How many hold, by check, from their first change in the range on. Good: nothing, or a level that falls; a step up is something that happened to many at once.',
        queries: [series(`SELECT sum("open") FROM (SELECT last("open") AS "open" FROM "finding" WHERE ${chosen} GROUP BY time($__interval), "target", "family", "check", "severity" fill(previous)) WHERE $timeFilter GROUP BY time($__interval), "check" fill(none)`, '$tag_check')],
      })],
    ],
    [9,
      [12, timeseries({
        title: 'Noticed', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'], noValue: 'nothing was noticed',
        description: 'New findings by check. Good: nothing; many of one check at once have one cause, often a change of yours.',
        queries: [series(`SELECT count("text") FROM "finding" WHERE ${chosen} AND "state" = 'noticed' GROUP BY time($__interval), "check" fill(none)`, '$tag_check')],
      })],
      [12, timeseries({
        title: 'Over', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'], noValue: 'nothing ended',
        description: 'Findings that ended, by check. Good: follows the other one within hours.',
        queries: [series(`SELECT count("text") FROM "finding" WHERE ${chosen} AND "state" = 'over' GROUP BY time($__interval), "check" fill(none)`, '$tag_check')],
      })],
    ],
    [18,
      [24, table({
        title: 'Findings', unit: 'string', sortBy: 'Time', noValue: 'nothing was noticed',
        description: 'Newest first, 500 at most: noticed when it was first seen, over when it was first no longer. Good: every line that says noticed has one above it that says over.',
        queries: [rows(`SELECT "severity", "state", "check", "target", "family", "subject", "text" FROM "finding" WHERE ${chosen} ORDER BY time DESC LIMIT 500`)],
        transformations: [columns('Time', 'severity=Severity', 'state=State', 'check=Check', 'target=Target', 'family=Family', 'subject=About', 'text=What')],
        overrides: [
          field('Time', { unit: 'dateTimeAsIso', 'custom.width': 160 }),
          field('Severity', { mappings: severities, 'custom.width': 90, ...colored }),
          field('State', { 'custom.width': 80 }),
          field('Check', { 'custom.width': 160 }),
          field('Target', { 'custom.width': 100 }),
          field('Family', { 'custom.width': 70 }),
          field('About', { 'custom.width': 130 }),
        ],
      })],
    ],
  ],
});
