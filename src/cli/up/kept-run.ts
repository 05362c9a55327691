/** Keeps the identity of a run with its data, so that a lab started on kept data goes on with it. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabSpec, RunSettings } from '../../platform/platform.ts';
import { ExpectedError } from '../expected-error.ts';

/** The spec with the run that its data folder already holds, if any; a new run is noted there. */
export function keepRun(spec: LabSpec): LabSpec {
  if (spec.dataDir === undefined) return spec;
  const path = join(spec.dataDir, 'cutover-run.json');
  if (!existsSync(path)) {
    mkdirSync(spec.dataDir, { recursive: true });
    writeFileSync(path, `${JSON.stringify(spec.run)}\n`);
    return spec;
  }
  const kept = JSON.parse(readFileSync(path, 'utf8')) as RunSettings;
  const fields = ['seed', 'skus', 'order'] as const;
  const changed = fields.filter((field) => kept[field] !== spec.run[field]);
  if (changed.length === 0) return { ...spec, run: kept };
  const same = changed.map((field) => `--${field} ${kept[field]}`).join(' ');
  throw new ExpectedError(
    'OTHER_RUN',
    `${spec.dataDir} holds the data of a run with other settings. Mend: start with ${same}, or name another folder with --data`,
  );
}
