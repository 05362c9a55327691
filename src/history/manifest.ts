/** Where a run comes from: everything that is needed to do it again. */

import { execFile } from 'node:child_process';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

/** `manifest.json` of a run. */
export interface Manifest {
  readonly format: 1;
  /** Name of the experiment. */
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** uint32 */
  readonly seed: number;
  readonly runId: string;
  readonly platform: string;
  /** By component, e.g. `kafka`, `registry`, `valkey`, `node`, `cutover`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Commit of the clone, and whether its files differ from it; null where it is no clone. */
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly machine: Machine;
  /** Command that does the run again. */
  readonly replay: string;
}

/** What it ran on. */
export interface Machine {
  /** E.g. `Linux 6.12.0 x64`. */
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
}

/** The manifest of a run that starts now in a clone; what is given wins. */
export async function makeManifest(
  given: Pick<Manifest, 'name' | 'seed' | 'runId' | 'platform' | 'versions' | 'replay'> &
    Partial<Manifest>,
  clone: string,
): Promise<Manifest> {
  const started = { startedAt: new Date().toISOString(), machine: thisMachine() };
  const versions = { node: process.versions.node, ...given.versions };
  return { format: 1, ...started, ...(await gitState(clone)), ...given, versions };
}

/** This machine. */
function thisMachine(): Machine {
  const [first] = cpus();
  return {
    system: `${type()} ${release()} ${arch()}`,
    processor: first?.model.trim() ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
  };
}

/** A clone's commit and whether its files differ from it; nulls where git does not know the folder. */
async function gitState(clone: string): Promise<Pick<Manifest, 'commit' | 'dirty'>> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', clone, ...args])).stdout.trim();
  try {
    const [commit, status] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain'),
    ]);
    return { commit, dirty: status !== '' };
  } catch {
    // An image holds no clone, and git may not be installed.
    return { commit: null, dirty: null };
  }
}
