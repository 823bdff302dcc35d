// The parts that the dashboards are made of: Grafana's classic JSON, with every key that its schema calls required.

const colors = {
  thresholds: { mode: 'thresholds' },
  byName: { mode: 'palette-classic-by-name' },
};

/** Threshold steps: the first color from the beginning, then pairs of a value and the color from it on. */
export const steps = (first, ...pairs) => ({ mode: 'absolute', steps: [{ value: null, color: first }, ...pairs.map(([value, color]) => ({ value, color }))] });

/** Round-trip times are green below 200 ms and red from there on, as the targets' GreenBelowMs is by default. */
export const rttSteps = steps('green', [200, 'red']);

/** A field of a table or a series by its name, and what is special about it. */
export const field = (name, properties) => ({
  matcher: { id: 'byName', options: name },
  properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
});

/** A column with a bar in its cell. */
export const gauge = { 'custom.cellOptions': { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } };

/** A column whose text has the color of its thresholds. */
export const colored = { 'custom.cellOptions': { type: 'color-text' } };

/** A link to another dashboard that keeps time, target and family; `more` sets its other variables. Title and address are all that Grafana
 * reads of it, its schema calls the rest required. */
export const link = (title, uid, more) => ({
  title,
  url: `/d/${uid}?\${datasource:queryparam}&\${target:queryparam}&\${family:queryparam}&${more}&\${__url_time_range}`,
  targetBlank: false,
  type: 'link',
  icon: '',
  tooltip: '',
  tags: [],
  asDropdown: false,
  includeVars: false,
  keepTime: false,
});

export const toPop = link('This PoP', 'measurement-pop', 'var-pop=${__value.text}');
export const toPopOfSeries = link('This PoP', 'measurement-pop', 'var-pop=${__field.labels.pop}');
export const toCountry = link('This country', 'measurement-networks', 'var-country=${__value.text}');
export const toAsn = link('This AS', 'measurement-networks', 'var-asn=${__value.text}');
export const toProbe = link('This probe', 'measurement-probe', 'var-probe=${__data.fields.probe.numeric}');

const letters = 'ABCDEFGH';

const targets = (queries, datasource) => queries.map((query, index) => ({ refId: letters[index], datasource, ...query }));

/** A series for each group; `alias` names it. */
export const series = (query, alias) => ({ rawQuery: true, query, resultFormat: 'time_series', alias });

/** Rows: the time, the tags that it is grouped by, the columns asked for. */
export const rows = (query) => ({ rawQuery: true, query, resultFormat: 'table' });

/** PromQL over time. */
export const range = (expr, legendFormat) => ({ expr, legendFormat, range: true, instant: false, editorMode: 'code' });

/** PromQL of the last moment, a row for each set of labels. */
export const instant = (expr) => ({ expr, format: 'table', range: false, instant: true, editorMode: 'code' });

export const dataSources = {
  influx: { type: 'influxdb', uid: '${datasource}' },
  prometheus: { type: 'prometheus', uid: '${datasource}' },
};

const panel = (type, spec, fieldDefaults, options) => {
  const datasource = dataSources[spec.from ?? 'influx'];
  return {
    type,
    title: spec.title,
    description: spec.description,
    datasource,
    ...(spec.from === 'prometheus' ? {} : { interval: '1h' }),
    ...(spec.timeFrom ? { timeFrom: spec.timeFrom } : {}),
    ...(spec.timeShift ? { timeShift: spec.timeShift } : {}),
    targets: targets(spec.queries, datasource),
    transformations: spec.transformations ?? [],
    fieldConfig: {
      defaults: {
        unit: spec.unit,
        ...(spec.decimals === undefined ? {} : { decimals: spec.decimals }),
        ...(spec.min === undefined ? {} : { min: spec.min }),
        ...(spec.max === undefined ? {} : { max: spec.max }),
        ...(spec.noValue === undefined ? {} : { noValue: spec.noValue }),
        ...(spec.links ? { links: spec.links } : {}),
        mappings: spec.mappings ?? [],
        thresholds: spec.thresholds ?? steps('green'),
        ...fieldDefaults,
      },
      overrides: spec.overrides ?? [],
    },
    options,
  };
};

const legend = (calcs) => ({ displayMode: calcs.length > 0 ? 'table' : 'list', placement: 'bottom', showLegend: true, calcs });
const tooltip = { mode: 'multi', sort: 'desc' };

/** Lines, or with `stack` areas one upon the other (`normal`), or to 100 % (`percent`); with `bars` bars, with `points` points. */
export const timeseries = (spec) => panel('timeseries', spec, {
  color: colors.byName,
  custom: {
    drawStyle: spec.bars ? 'bars' : spec.points ? 'points' : 'line',
    lineInterpolation: 'linear',
    lineWidth: spec.stack && !spec.bars ? 0 : 1,
    fillOpacity: spec.stack || spec.bars ? 70 : 0,
    pointSize: 4,
    showPoints: spec.points ? 'always' : 'auto',
    spanNulls: false,
    stacking: { mode: spec.stack ?? 'none', group: 'A' },
    thresholdsStyle: { mode: spec.limit ? 'dashed' : 'off' },
  },
}, { legend: legend(spec.calcs ?? ['lastNotNull']), tooltip });

/** One large number; with `text` the text of a field instead. */
export const stat = (spec) => panel('stat', spec, { color: colors.thresholds }, {
  colorMode: 'value',
  graphMode: spec.text || spec.plain ? 'none' : 'area',
  justifyMode: 'auto',
  orientation: 'auto',
  percentChangeColorMode: 'standard',
  reduceOptions: { values: false, calcs: [spec.calc ?? 'lastNotNull'], fields: spec.text ? `/^${spec.text}$/` : '' },
  showPercentChange: false,
  textMode: spec.names ? 'value_and_name' : 'auto',
  wideLayout: true,
});

export const table = (spec) => panel('table', spec, { color: colors.thresholds, custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, filterable: true } }, {
  cellHeight: 'sm',
  frameIndex: 0,
  showHeader: true,
  sortBy: spec.sortBy ? [{ displayName: spec.sortBy, desc: !spec.ascending }] : [],
});

/** Which text held when; one line a series. */
export const stateTimeline = (spec) => panel('state-timeline', spec, { color: colors.byName, custom: { fillOpacity: 80, lineWidth: 0 } }, {
  alignValue: 'left',
  legend: legend([]),
  mergeValues: true,
  perPage: 20,
  rowHeight: 0.85,
  showValue: 'auto',
  tooltip: { mode: 'single', sort: 'none' },
});

/** Bars of a table, side by side from the left, stacked. */
export const barchart = (spec) => panel('barchart', spec, { color: colors.byName, custom: { fillOpacity: 80, lineWidth: 0 } }, {
  barWidth: 0.9,
  fullHighlight: false,
  groupWidth: 0.7,
  legend: legend([]),
  orientation: 'auto',
  showValue: 'never',
  stacking: 'normal',
  tooltip,
  xField: spec.x,
  xTickLabelMaxLength: 0,
  xTickLabelRotation: -45,
});

/** A dot for each row with `lat` and `lon`, colored by its `rtt_ms`. */
export const geomap = (spec) => panel('geomap', { unit: 'none', thresholds: rttSteps, overrides: [field('rtt_ms', { unit: 'ms', decimals: 0 })], ...spec }, { color: colors.thresholds }, {
  basemap: { type: 'default', name: 'Basemap', config: {} },
  controls: { mouseWheelZoom: false, showAttribution: true, showDebug: false, showMeasure: false, showScale: false, showZoom: true },
  layers: [{
    type: 'markers',
    name: 'Probes',
    tooltip: true,
    location: { mode: 'coords', latitude: 'lat', longitude: 'lon' },
    config: {
      showLegend: true,
      style: {
        color: { field: 'rtt_ms', fixed: 'dark-green' },
        opacity: 0.8,
        size: { fixed: 4, min: 2, max: 15 },
        symbol: { fixed: 'img/icons/marker/circle.svg', mode: 'fixed' },
      },
    },
  }],
  tooltip: { mode: 'details' },
  view: { id: 'coords', lat: 20, lon: 0, zoom: 2, allLayers: true },
});

export const heading = (title) => ({ type: 'row', title, collapsed: false, panels: [] });

/** Drops, orders and renames the columns of a table. */
export const columns = (...names) => ({
  id: 'organize',
  options: {
    excludeByName: Object.fromEntries(names.filter((name) => name.startsWith('-')).map((name) => [name.slice(1), true])),
    indexByName: Object.fromEntries(names.filter((name) => !name.startsWith('-')).map((name, index) => [name.split('=')[0], index])),
    renameByName: Object.fromEntries(names.filter((name) => name.includes('=')).map((name) => name.split('='))),
  },
});

/** Only these columns, in the order in which they come. */
export const only = (...names) => ({ id: 'filterFieldsByName', options: { include: { names } } });

/** The tables of all queries beside each other, by the columns that all have. Their times differ and have to go first. Joining by a field would
 * put the measurement's name behind each column's. */
export const merged = [{ id: 'filterFieldsByName', options: { exclude: { names: ['Time'] } } }, { id: 'merge', options: {} }];

/** Without the rows that have nothing in a column. */
export const having = (fieldName) => ({ id: 'filterByValue', options: { type: 'exclude', match: 'any', filters: [{ fieldName, config: { id: 'isNull', options: {} } }] } });

export const sortBy = (name, desc = true) => ({ id: 'sortBy', options: { fields: {}, sort: [{ field: name, desc }] } });

export const first = (limit) => ({ id: 'limit', options: { limitField: limit } });

/** What concerns the target, or all of them. */
export const ofTarget = '"target" = ${target:singlequote} OR "target" = \'all\'';

const variable = (name, label, query, more) => ({
  type: 'query',
  name,
  label,
  datasource: dataSources.influx,
  query,
  refresh: 2,
  sort: 1,
  multi: false,
  includeAll: false,
  hide: 0,
  regex: '',
  options: [],
  current: { text: '', value: '' },
  ...more,
});

const dataSourceVariable = (type) => ({
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: type,
  regex: '',
  refresh: 1,
  multi: false,
  includeAll: false,
  hide: 0,
  options: [],
  current: { text: '', value: '' },
});

export const all = { multi: true, includeAll: true, current: { text: ['All'], value: ['$__all'] } };

// Quoted by Grafana: without a format it would escape for regular expressions what stands between two slashes, even those of divisions.
const ofService = '"target" = ${target:singlequote} AND "family" = ${family:singlequote}';

/** The values of a tag of a measurement, those of the chosen target and family. */
export const tagValues = (name, label, measurement, tag, more) =>
  variable(name, label, `SHOW TAG VALUES FROM "${measurement}" WITH KEY = "${tag}" WHERE $timeFilter AND ${ofService}`, more);

// The words in the place of a PoP where there is none.
const noPop = '/^(unknown|interceptor|unanswered)$/';

/** A PoP to choose; not what only stands in the place of one. */
export const popVariable = (more) => tagValues('pop', 'PoP', 'catchment', 'pop', { regex: '/^(?!(?:unknown|interceptor|unanswered)$).*$/', ...more });

/** The variables that every dashboard on InfluxDB has. */
export const serviceVariables = [
  dataSourceVariable('influxdb'),
  variable('target', 'Target', 'SHOW TAG VALUES FROM "catchment" WITH KEY = "target" WHERE $timeFilter'),
  variable('family', 'Family', `SHOW TAG VALUES FROM "catchment" WITH KEY = "family" WHERE $timeFilter AND "target" = \${target:singlequote}`),
];

export const prometheusVariables = [
  dataSourceVariable('prometheus'),
  variable('instance', 'Instance', 'label_values(measurement_build_info, instance)', {
    datasource: dataSources.prometheus,
    ...all,
    allValue: '.*',
  }),
];

/** Conditions. The rows of one hour are written up to two and a half hours after its beginning, maps of probes six hours apart, up to ten
 * hours later: looked at from the end of the range, a little more than that is how far back the present reaches. */
export const where = {
  service: `$timeFilter AND ${ofService}`,
  latest: `time > \${__to}ms - 4h AND time <= \${__to}ms AND ${ofService}`,
  latestMap: `time > \${__to}ms - 12h AND time <= \${__to}ms AND ${ofService}`,
  lastDay: `$timeFilter AND time > \${__to}ms - 24h AND ${ofService}`,
  thisWeek: `time >= \${__to}ms - 7d AND time < \${__to}ms AND ${ofService}`,
  weekBefore: `time >= \${__to}ms - 14d AND time < \${__to}ms - 7d AND ${ofService}`,
  dayBeforeThisWeek: `time >= \${__to}ms - 8d AND time < \${__to}ms - 7d AND ${ofService}`,
  isPop: `"pop" !~ ${noPop}`,
  isNoPop: `"pop" =~ ${noPop}`,
  pop: '"pop" =~ /^${pop:regex}$/',
};

const annotation = (name, query, iconColor, textColumn, enable) => ({
  name,
  datasource: dataSources.influx,
  enable,
  iconColor,
  target: {
    refId: 'A', name, query, rawQuery: true, fromAnnotations: true, queryType: 'tags', textColumn, tagsColumn: 'tags', titleColumn: '', timeEndColumn: '',
    limit: 100, matchAny: false, tags: [], type: 'tags',
  },
});

const marks = [
  annotation('Changes', 'SELECT "text", "tags" FROM "annotation" WHERE $timeFilter', 'blue', 'text', true),
  annotation('Critical findings', `SELECT "text", "tags" FROM "finding" WHERE $timeFilter AND "severity" = 'critical' AND "state" = 'noticed' AND (${ofTarget})`, 'red', 'text', true),
  annotation('Other findings', `SELECT "text", "tags" FROM "finding" WHERE $timeFilter AND "severity" != 'critical' AND "state" = 'noticed' AND (${ofTarget})`, 'orange', 'text', false),
];

/** Puts panels under each other: each line is a height and its panels, each a width and a panel; the widths of a line are 24 together. */
const laidOut = (lines) => {
  let y = 0;
  let id = 0;
  return lines.flatMap(([h, ...line]) => {
    let x = 0;
    const placed = line.map(([w, one]) => {
      const { type, title, description, ...rest } = one;
      const laid = { id: ++id, type, title, ...(description ? { description } : {}), gridPos: { h, w, x, y }, ...rest };
      x += w;
      return laid;
    });
    y += h;
    return placed;
  });
};

/** A whole dashboard. */
export const dashboard = ({ uid, title, description, variables, lines, from = 'now-7d', refresh = '5m', isPrometheus = false }) => ({
  uid,
  title,
  description,
  tags: ['measurement'],
  timezone: 'utc',
  editable: false,
  graphTooltip: 1,
  time: { from, to: 'now' },
  refresh,
  schemaVersion: 42,
  links: [{
    type: 'dashboards', title: 'Measurement', tags: ['measurement'], icon: 'external link', tooltip: '', url: '', asDropdown: true, includeVars: true, keepTime: true,
    targetBlank: false,
  }],
  annotations: { list: isPrometheus ? [] : marks },
  templating: { list: variables },
  panels: laidOut(lines),
});
