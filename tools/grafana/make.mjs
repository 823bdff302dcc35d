// Writes the dashboards into a folder: node make.mjs ../../grafana/dashboards
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import findings from './dashboards/findings.mjs';
import networks from './dashboards/networks.mjs';
import overview from './dashboards/overview.mjs';
import pop from './dashboards/pop.mjs';
import probe from './dashboards/probe.mjs';
import service from './dashboards/service.mjs';
import weeks from './dashboards/weeks.mjs';

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
for (const [name, dashboard] of Object.entries({ findings, networks, overview, pop, probe, service, weeks })) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(dashboard, null, 2) + '\n');
}
