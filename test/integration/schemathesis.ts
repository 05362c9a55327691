/** Runs Schemathesis, which asks a REST service everything that its own OpenAPI description allows and much that it does not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../src/platform/local/paths.ts';

const VERSION = '4.32.5';
const MOST_SECONDS = 40;
const TAIL_CHARACTERS = 6_000;

/** How a program ended, and what it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Checks a service at its base URL for at most 40 s; code 0 means that nothing was found. */
export async function runSchemathesis(baseUrl: string): Promise<Outcome> {
  const program = await installed();
  return run(program, [
    'run',
    `${baseUrl}/openapi.json`,
    '--checks=all',
    '--phases=coverage,fuzzing',
    '--generation-deterministic',
    `--max-time=${MOST_SECONDS}`,
    '--no-color',
  ]);
}

/** Path of the program, installed into the user's cache where it is not there yet. */
async function installed(): Promise<string> {
  const folder = join(cacheDir(), `schemathesis-${VERSION}`);
  const stamp = join(folder, 'complete');
  if (!existsSync(stamp)) {
    rmSync(folder, { recursive: true, force: true });
    await must('python3', ['-m', 'venv', folder]);
    const wanted = `schemathesis==${VERSION}`;
    await must(join(folder, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      wanted,
    ]);
    writeFileSync(stamp, '');
  }
  return join(folder, 'bin/schemathesis');
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(program, args);
  if (code === 0) return;
  throw new Error(
    `the REST fuzzer could not be installed: ${program} ended with ${code} (${output.trim().split('\n').at(-1)}); mend: sudo apt-get install python3-venv`,
  );
}

async function run(program: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (part: Buffer) => {
    output = (output + part.toString()).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
