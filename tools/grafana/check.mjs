// Holds dashboards against Grafana's own JSON Schemas: node check.mjs SCHEMAS DASHBOARDS
// SCHEMAS is the folder jsonschema of grafana/grafana-foundation-sdk, or what schemas.mjs makes. Each problem is a line; the exit code says whether there was one.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';

const [schemas, dashboards] = process.argv.slice(2);

// «strict» is about the schemas' own style, which is not ours to judge.
const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, formats: { 'date-time': true } });

// What may be anything is there an object that may hold anything: numbers and texts of field overrides would be refused. And kinds that only
// differ in a word all fit where exactly one should.
const amended = (key, value) => {
  if (value?.type === 'object' && value.additionalProperties && Object.keys(value.additionalProperties).length === 0 && !value.properties) {
    return {};
  }

  if (value?.oneOf) {
    const { oneOf, ...rest } = value;
    return { ...rest, anyOf: oneOf };
  }

  return value;
};
const file = (name) => join(schemas, `${name}.jsonschema.json`);
const read = (name) => ajv.addSchema(JSON.parse(readFileSync(file(name), 'utf8'), amended), name);

read('dashboard');

const known = ['barchart', 'geomap', 'stat', 'state-timeline', 'table', 'timeseries'];

// Made from Grafana's types there is none for geomap.
known.filter((type) => existsSync(file(type.replace('-', '')))).forEach((type) => read(type.replace('-', '')));

let problems = 0;
const check = (where, schema, value) => {
  const validate = ajv.getSchema(schema);
  if (!validate(value)) {
    // Of what fits no kind, the complaints of the kinds say more than that.
    const said = validate.errors.filter((one) => one.keyword !== 'anyOf');
    for (const error of said.length > 0 ? said : validate.errors) {
      problems++;
      const what = error.params.additionalProperty ?? error.params.missingProperty ?? JSON.stringify(error.data);
      console.log(`${where}${error.instancePath}: ${error.message} (${what})`);
    }
  }
};

const files = readdirSync(dashboards).filter((name) => name.endsWith('.json'));
for (const name of files) {
  const dashboard = JSON.parse(readFileSync(join(dashboards, name), 'utf8'));

  // Of a panel that fits neither kind, both kinds' complaints would come: each is held against its own kind alone.
  check(name, 'dashboard#/definitions/Dashboard', { ...dashboard, panels: [] });
  for (const panel of dashboard.panels) {
    const where = `${name}: «${panel.title}»`;
    if (panel.type === 'row') {
      check(where, 'dashboard#/definitions/RowPanel', panel);
      continue;
    }

    check(where, 'dashboard#/definitions/Panel', panel);
    if (!known.includes(panel.type)) {
      problems++;
      console.log(`${where}: no schema is read for panels of type ${panel.type}`);
      continue;
    }

    const type = panel.type.replace('-', '');
    if (existsSync(file(type))) {
      check(`${where} options`, `${type}#/definitions/Options`, panel.options);
      if (panel.fieldConfig.defaults.custom) {
        check(`${where} custom`, `${type}#/definitions/FieldConfig`, panel.fieldConfig.defaults.custom);
      }
    }
  }
}

console.log(`${files.length} dashboards, ${problems} problems`);
process.exit(problems === 0 && files.length > 0 ? 0 : 1);
