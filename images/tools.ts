/** Finds the tools that build images, installs them where that is allowed, and runs them. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Say } from './steps.ts';
import { step } from './steps.ts';

/** An image that cannot be built here; the message says why and what mends it. */
export class ImageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
  }
}

/** Programs by name, each with the Debian package that brings it. */
export type Packages = Readonly<Record<string, string>>;

/** Resolves when the tools are there; installs them with apt-get where this is root on a Debian. */
export async function requireTools(packages: Packages, say: Say): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new ImageError(
      'Building without a Docker engine needs root on Linux. Mend: sudo, or build with Docker (images/README.md)',
    );
  const missing = Object.keys(packages).filter((name) => !isOnPath(name));
  if (missing.length === 0) return;
  const wanted = [...new Set(missing.map((name) => packages[name] ?? name))];
  const command = `apt-get install ${wanted.join(' ')}`;
  if (!isOnPath('apt-get'))
    throw new ImageError(`${missing.join(', ')} is missing. Mend: install it`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await step(say, command, async () => {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], { env });
  });
  const still = missing.filter((name) => !isOnPath(name));
  if (still.length > 0) throw new ImageError(`${still.join(', ')} is missing. Mend: ${command}`);
}

/** Whether a program is on the path. */
function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return false;
      throw error;
    }
  });
}

/** How to run a tool. */
interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const tailLines = 25;

/** Runs a program to its end and resolves with its standard output; rejects with the end of all it said. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env }: RunOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail: string[] = [];
  const keep = (line: string): void => {
    tail.push(line);
    if (tail.length > tailLines) tail.shift();
  };
  const output: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    output.push(line);
    keep(line);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output.join('\n');
  throw new ImageError(
    `${program} ${args.slice(0, 2).join(' ')} … failed (${code}):\n${tail.join('\n')}`,
  );
}
