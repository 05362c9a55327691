/** The folder that an upgrade of a running lab is saved in: where it comes from, its timeline, and the state calls. */

import { fileURLToPath } from 'node:url';
import type { LabControl, UpgradeRequest } from '../../control/protocol.ts';
import { nameFlag } from '../../control/refusals.ts';
import { makeManifest } from '../../history/manifest.ts';
import type { RunFolder } from '../../history/run-folder.ts';
import { createRunFolder } from '../../history/run-folder.ts';
import type { RunningLab } from '../../platform/platform.ts';
import { componentVersions } from '../run/component-versions.ts';

/** What is saved, and where. */
export interface SavedUpgrade {
  /** Folder of all runs. */
  readonly runs: string;
  /** Name of the platform. */
  readonly platform: string;
  readonly lab: RunningLab;
  /** As it was found. */
  readonly now: LabControl;
  readonly request: UpgradeRequest | 'take-back';
}

const clone = fileURLToPath(new URL('../../..', import.meta.url));

/** Makes `runs/<time>-upgrade-v2` or `runs/<time>-take-back-v2` with its manifest. */
export async function openUpgradeFolder(saved: SavedUpgrade): Promise<RunFolder> {
  const { runs, platform, lab, now, request } = saved;
  const name = request === 'take-back' ? `take-back-${now.upgrade?.to}` : `upgrade-${request.to}`;
  const folder = await createRunFolder(runs, name, new Date());
  const { seed, runId } = lab.run;
  const versions = componentVersions(platform);
  const replay = commandOf(request, lab.name);
  await folder.write(
    'manifest',
    await makeManifest({ name, seed, runId, platform, versions, replay }, clone),
  );
  return folder;
}

/** The command that asks for the same again. */
function commandOf(request: SavedUpgrade['request'], lab: string): string {
  const flag = nameFlag(lab);
  if (request === 'take-back') return `npx cutover upgrade --take-back${flag}`;
  const { to, strategy, order, steps, build, bakeRecords, rollback } = request;
  return [
    `npx cutover upgrade ${to}${flag} --strategy ${strategy} --order ${order} --steps ${steps}`,
    `--build ${build} --bake-records ${bakeRecords} --rollback ${rollback}`,
  ].join(' ');
}
