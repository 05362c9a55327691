/** Fetches the source of a Go program and builds it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from '../errors.ts';
import type { RunOptions } from '../run-program.ts';
import { runProgram } from '../run-program.ts';
import type { BuildFolders, GoProgram, GoRun } from './go-programs.ts';

/** What `go mod download -json` says of a module. */
interface Download {
  readonly Dir: string;
  readonly Sum: string;
}

/** Folder of our own module that builds the program. */
export function ownModule(program: GoProgram): string {
  return fileURLToPath(new URL(`go/${program.name}`, import.meta.url));
}

/** Builds a program into `result`; `work` is an absent folder that is left behind. */
export async function buildGoProgram(
  program: GoProgram,
  folders: BuildFolders,
  options: RunOptions,
): Promise<void> {
  const { work, result } = folders;
  cpSync(await sourceOf(program, options), work, { recursive: true });
  const run: GoRun = (...args) => runProgram('go', args, { ...options, cwd: work });
  await program.prepare?.(folders, run);
  const variables = Object.entries(program.variables ?? {}).map(
    ([name, value]) => `-X ${name}=${value}`,
  );
  await run(
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-mod=readonly',
    `-ldflags=${['-s', '-w', ...variables].join(' ')}`,
    `-o=${join(result, program.output)}`,
    program.packagePath,
  );
}

async function sourceOf(program: GoProgram, options: RunOptions): Promise<string> {
  const { module, version } = program;
  if (!module) return ownModule(program);
  const name = `${module.path}@v${version}`;
  const answer = await runProgram('go', ['mod', 'download', '-json', name], options);
  const { Dir, Sum } = JSON.parse(answer) as Download;
  if (Sum === module.sum) return Dir;
  const message = `${name} has the checksum ${Sum} instead of ${module.sum}: it is not what was tested, and is not built`;
  throw new ClusterError('UNSUPPORTED', message);
}
