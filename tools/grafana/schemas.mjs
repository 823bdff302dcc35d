// Makes Grafana's JSON Schemas out of its own types, for where grafana-foundation-sdk's are not at hand: node schemas.mjs FOLDER
// Geomap has none: one of its types is there twice, which the generator refuses.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

const folder = process.argv[2];
const types = join(dirname(createRequire(import.meta.url).resolve('@grafana/schema/package.json')), 'dist/types/raw');
mkdirSync(folder, { recursive: true });
const panels = ['barchart', 'stat', 'statetimeline', 'table', 'timeseries'];
for (const [name, path] of [['dashboard', 'dashboard'], ...panels.map((panel) => [panel, `composable/${panel}/panelcfg`])]) {
  const schema = createGenerator({ path: join(types, path, 'x/types.gen.d.ts'), type: '*', skipTypeCheck: true }).createSchema('*');

  // What an annotation asks is its data source's affair.
  if (schema.definitions.AnnotationTarget) {
    schema.definitions.AnnotationTarget.additionalProperties = true;
  }

  // A panel that says nothing of the kind has no options of its own.
  schema.definitions = { FieldConfig: {}, ...schema.definitions };
  writeFileSync(join(folder, `${name}.jsonschema.json`), JSON.stringify(schema));
}
