/** Builds Go programs into the cache: each version once, whole or not at all. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cached, isCached } from '../../../src/platform/local/artifacts/cache.ts';
import { clusterCache } from '../layout.ts';
import type { Log } from '../steps.ts';
import { step } from '../steps.ts';
import { buildGoProgram, ownModule } from './go-build.ts';
import type { GoProgram } from './go-programs.ts';

/** Folder of a built program; it is built first where it is not there. */
export async function goComponent(
  program: GoProgram,
  log: Log,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = folderOf(program);
  if (isCached(folder)) return folder;
  const { name, version, minutes } = program;
  const what = `build ${name} ${version} from source, once (about ${minutes} min on two cores)`;
  return step(log, what, () =>
    cached({ folder, fill: (result) => fill(program, result, signal) }, ({ part, message }) =>
      log(`… ${part}: ${message}`),
    ),
  );
}

/** Whether the program need not be built. */
export function isBuilt(program: GoProgram): boolean {
  return isCached(folderOf(program));
}

async function fill(
  program: GoProgram,
  result: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const work = join(result, '.work');
  // What may take minutes leaves the machine to everybody else.
  const options = { env: goEnvironment(), signal, lowPriority: true };
  await buildGoProgram(program, { work, result }, options);
  rmSync(work, { recursive: true });
  for (const link of program.links ?? []) symlinkSync(program.output, join(result, link));
}

/** Go's own caches lie beside the results, so that one folder holds all that a cluster left on the disk. */
function goEnvironment(): Readonly<Record<string, string>> {
  const modules = join(clusterCache(), 'go/modules');
  const builds = join(clusterCache(), 'go/builds');
  for (const folder of [modules, builds]) mkdirSync(folder, { recursive: true });
  return {
    CGO_ENABLED: '0',
    GOFLAGS: '-modcacherw',
    GOWORK: 'off',
    GOMODCACHE: modules,
    GOCACHE: builds,
  };
}

/** The key has the version for people, and all that the result depends on as a hash. */
function folderOf(program: GoProgram): string {
  const hash = createHash('sha256').update(JSON.stringify(program));
  hash.update(`${process.platform} ${process.arch}`).update(String(program.prepare));
  if (!program.module) {
    const folder = ownModule(program);
    for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  }
  const key = hash.digest('hex').slice(0, 12);
  return join(clusterCache(), `${program.name}-${program.version}-${key}`);
}
