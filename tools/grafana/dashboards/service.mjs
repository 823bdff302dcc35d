import { colored, columns, dashboard, field, heading, instant, merged, prometheusVariables, range, stat, steps, table, timeseries } from '../panels.mjs';

const from = 'prometheus';
const of = (name, more = '') => `measurement_${name}{instance=~"$instance"${more}}`;
const rate = (name) => `rate(${of(name)}[$__rate_interval])`;
const creditDays = `max(${of('atlas_credits')}) / (max(${of('atlas_credits_spent_per_day')}) - (max(${of('atlas_credits_earned_per_day')}) or vector(0)) > 0)`;
const yesNo = [{ type: 'value', options: { 0: { text: 'no', index: 0 }, 1: { text: 'yes', index: 1 } } }];

export default dashboard({
  uid: 'measurement-service',
  title: 'Service health',
  description: 'Whether the service itself is well: its jobs, what it fetches, what it writes, what it needs. From /metrics by way of Prometheus.',
  variables: prometheusVariables,
  isPrometheus: true,
  from: 'now-24h',
  refresh: '1m',
  lines: [
    [4,
      [4, stat({
        from, title: 'Up for', unit: 's', plain: true, thresholds: steps('orange', [3600, 'green']),
        description: 'Since the process started. Good: since you last started it; a value that keeps falling back is a service that is restarted again and again.',
        queries: [range(`time() - ${of('process_start_timestamp_seconds')}`, '{{instance}}')],
      })],
      [3, stat({
        from, title: 'Failing jobs', unit: 'short', decimals: 0, plain: true, thresholds: steps('green', [1, 'red']),
        description: 'Jobs whose last run failed. Good: 0; the table below says which.',
        queries: [range(`sum(${of('job_failing')})`, 'failing')],
      })],
      [3, stat({
        from, title: 'Oldest watermark', unit: 's', plain: true, thresholds: steps('green', [7200, 'orange'], [10800, 'red']),
        description: 'How long ago the newest result of the most belated measurement can be, at most. Good: not much more than the interval of the measurement.',
        queries: [range(`max(${of('watermark_age_seconds')})`, 'oldest')],
      })],
      [4, stat({
        from, title: 'Credits last for', unit: 'd', decimals: 0, plain: true, thresholds: steps('red', [3, 'orange'], [14, 'green']), noValue: 'for good',
        description: 'The balance of the RIPE Atlas account divided by what is spent a day less what is earned. Good: weeks; when it is spent, Atlas stops the measurements. «For good» where more is earned than spent, or the account is not known.',
        queries: [range(creditDays, 'days')],
      })],
      [3, stat({
        from, title: 'Last analysis', unit: 's', plain: true, thresholds: steps('green', [3600, 'orange'], [7200, 'red']),
        description: 'How long ago the present was analysed. Good: below a quarter of an hour and what a run takes.',
        queries: [range(`time() - max(${of('analysis_timestamp_seconds')})`, 'analysis')],
      })],
      [4, stat({
        from, title: 'Time series database', unit: 'short', plain: true, thresholds: steps('red', [1, 'green']), noValue: 'not used',
        mappings: [{ type: 'value', options: { 0: { text: 'away', index: 0 }, 1: { text: 'up', index: 1 } } }],
        description: 'Whether it takes points. Good: up; while it is away points wait on disk.',
        queries: [range(`min(${of('timeseries_up')})`, 'up')],
      })],
      [3, stat({
        from, title: 'Critical findings', unit: 'short', decimals: 0, plain: true, thresholds: steps('green', [1, 'red']), noValue: 'no analysis yet',
        description: 'What the checks notice at present, critical alone. Good: 0.',
        queries: [range(`sum(${of('findings', ',severity="critical"')})`, 'critical')],
      })],
    ],
    [1, [24, heading('Jobs')]],
    [11,
      [14, table({
        from, title: 'Jobs', unit: 'short', sortBy: 'Failing',
        description: 'Prometheus calls our label «job» «exported_job», since it has one of its own. Good: nothing failing, every success younger than the job\'s interval, the next start in the future.',
        queries: [
          instant(`max by (exported_job) (${of('job_failing')})`),
          instant(`time() - max by (exported_job) (${of('job_last_success_timestamp_seconds')})`),
          instant(`max by (exported_job) (${of('job_last_duration_seconds')})`),
          instant(`max by (exported_job) (${of('job_next_start_timestamp_seconds')}) * 1000`),
          instant(`max by (exported_job) (${of('job_runs_total')})`),
          instant(`max by (exported_job) (${of('job_failures_total')})`),
        ],
        transformations: [
          ...merged,
          columns('exported_job=Job', 'Value #A=Failing', 'Value #B=Last success, ago', 'Value #C=Took', 'Value #D=Next', 'Value #E=Runs', 'Value #F=Failures'),
        ],
        overrides: [
          field('Failing', { mappings: yesNo, thresholds: steps('green', [1, 'red']), ...colored }),
          field('Last success, ago', { unit: 's' }),
          field('Took', { unit: 's' }),
          field('Next', { unit: 'dateTimeAsIso' }),
        ],
      })],
      [10, timeseries({
        from, title: 'Failures', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'],
        description: 'Runs that ended with an error, by job. Good: none; single ones of «collect» are Atlas\' or the network\'s, and made up for.',
        queries: [range(`sum by (exported_job) (increase(${of('job_failures_total')}[$__rate_interval]))`, '{{exported_job}}')],
      })],
    ],
    [1, [24, heading('What comes in')]],
    [9,
      [8, timeseries({
        from, title: 'Results', unit: 'cps', min: 0,
        description: 'Observations stored a second, and results that could not be decoded, by reason. Good: a level line, and next to nothing rejected.',
        queries: [range(`sum(${rate('results_imported_total')})`, 'stored'), range(`sum by (reason) (${rate('results_rejected_total')})`, 'rejected: {{reason}}')],
      })],
      [8, timeseries({
        from, title: 'Requests to Atlas', unit: 'reqps', min: 0, stack: 'normal',
        description: 'Attempts a second by outcome: a status, timeout or error. Good: nearly all 200; 429 is Atlas asking for patience, 401 and 403 are the key.',
        queries: [range(`sum by (outcome) (${rate('atlas_requests_total')})`, '{{outcome}}')],
      })],
      [8, timeseries({
        from, title: 'Watermarks', unit: 's', min: 0,
        description: 'How old the newest result of each target can be, at most. Good: a saw-tooth below two intervals; a line that climbs is a measurement that brings nothing.',
        queries: [range(`max by (target, kind, family) (${of('watermark_age_seconds')})`, '{{target}} {{kind}} IPv{{family}}')],
      })],
    ],
    [9,
      [6, timeseries({
        from, title: 'Credits', unit: 'short', min: 0,
        description: 'The balance of the RIPE Atlas account. Good: level, or falling slowly enough; a step down is something else that is measured with the same account.',
        noValue: 'not known',
        queries: [range(`max(${of('atlas_credits')})`, 'balance')],
      })],
      [6, timeseries({
        from, title: 'Stream', unit: 'cps', min: 0,
        description: 'Results that arrive over Atlas\' stream a second, those dropped because the store was slower, and frames that made no sense. Good: nothing dropped or rejected. Empty where the stream is not used.',
        noValue: 'not used',
        queries: [range(`sum(${rate('stream_results_total')})`, 'received'), range(`sum(${rate('stream_dropped_total')})`, 'dropped'), range(`sum(${rate('stream_rejected_total')})`, 'rejected')],
      })],
      [6, timeseries({
        from, title: 'Stream connections', unit: 'short', min: 0,
        description: 'Whether the stream is connected, and how often it had to be made anew in the last hour. Good: connected, and hardly ever made anew.',
        noValue: 'not used',
        queries: [range(`max(${of('stream_connected')})`, 'connected'), range(`sum(increase(${of('stream_connections_total')}[1h]))`, 'made in an hour')],
      })],
      [6, timeseries({
        from, title: 'Measurements that fail', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'],
        description: 'Failures of one measurement\'s share in a job. Good: none; if it is always the same one, look at it on Atlas.',
        queries: [range(`sum by (target, measurement) (increase(${of('job_share_failures_total')}[$__rate_interval]))`, '{{target}} {{measurement}}')],
      })],
    ],
    [1, [24, heading('What goes out')]],
    [9,
      [8, timeseries({
        from, title: 'Points written', unit: 'cps', min: 0,
        description: 'Points that the time series database acknowledged a second, and those it refused for what they are, by reason. Good: a peak a quarter of an hour, and nothing refused.',
        noValue: 'not used',
        queries: [range(`sum(${rate('timeseries_written_total')})`, 'written'), range(`sum by (reason) (${rate('timeseries_refused_total')})`, 'refused: {{reason}}')],
      })],
      [8, timeseries({
        from, title: 'Waiting on disk', unit: 'bytes', min: 0,
        description: 'What waits for the time series database. Good: 0; while it grows the database is away, or too slow.',
        noValue: 'not used',
        queries: [range(`sum(${of('timeseries_waiting_bytes')})`, 'waiting')],
      })],
      [8, timeseries({
        from, title: 'Findings', unit: 'short', min: 0, stack: 'normal',
        description: 'What the checks notice at present, by check. Good: level; none of them critical.',
        noValue: 'no analysis yet',
        queries: [range(`sum by (check) (${of('findings')}) > 0`, '{{check}}')],
      })],
    ],
    [9,
      [8, timeseries({
        from, title: 'Alerts that fire', unit: 'short', min: 0, stack: 'normal',
        description: 'Of what somebody is told, by check; silenced ones too. Good: none, or as few as somebody works on.',
        noValue: 'none',
        queries: [range(`sum by (check) (${of('alerts_active')})`, '{{check}}')],
      })],
      [8, timeseries({
        from, title: 'Messages about alerts', unit: 'short', min: 0, bars: true, stack: 'normal', calcs: ['sum'],
        description: 'By route and what became of them: delivered, away, refused, dropped. Good: only delivered; refused is a receiver that is configured wrongly.',
        noValue: 'none',
        queries: [range(`sum by (route, outcome) (increase(${of('alerts_sent_total')}[$__rate_interval]))`, '{{route}} {{outcome}}')],
      })],
      [8, timeseries({
        from, title: 'Messages that wait', unit: 'short', min: 0,
        description: 'Due and not delivered, by route. Good: 0; while it grows nobody is told of anything by that route.',
        noValue: 'no routes',
        queries: [range(`max by (route) (${of('alerts_waiting')})`, '{{route}}')],
      })],
    ],
    [1, [24, heading('What it needs')]],
    [9,
      [6, timeseries({
        from, title: 'Processor', unit: 'percentunit', min: 0,
        description: 'Time of one processor used; 100 % is one of them all the time. Good: peaks when jobs run, and rest between them.',
        queries: [range(rate('process_cpu_seconds_total'), '{{instance}}')],
      })],
      [6, timeseries({
        from, title: 'Memory', unit: 'bytes', min: 0,
        description: 'Of the process, and of its managed heap after the last collection. Good: level over days; docs/operations.md says how much for how many probes.',
        queries: [range(of('process_resident_memory_bytes'), 'process {{instance}}'), range(of('process_managed_memory_bytes'), 'heap {{instance}}')],
      })],
      [6, timeseries({
        from, title: 'Pauses', unit: 'percentunit', min: 0,
        description: 'Part of the time for which garbage collections stopped the process. Good: below 1 %.',
        queries: [range(rate('process_gc_pause_seconds_total'), '{{instance}}')],
      })],
      [6, timeseries({
        from, title: 'Store', unit: 'bytes', min: 0,
        description: 'Size of the embedded store. Good: grows as docs/operations.md says, or stays level with Storage:Retention. Empty with PostgreSQL.',
        noValue: 'PostgreSQL',
        queries: [range(of('store_size_bytes'), '{{instance}}')],
      })],
    ],
  ],
});
