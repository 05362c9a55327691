/** Tells whether an image has to be built again: a hash of everything that goes into it, and the commit that it stands for. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A hash (12 hexadecimal digits) of files and folders below `root`, by path and content, and of further texts. */
export function hashInputs(
  root: string,
  paths: readonly string[],
  texts: readonly string[],
): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(join(root, path))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

function filesUnder(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The commit that last changed any of the paths; `-dirty` is added where they differ from it, `unknown` where this is no clone. */
export function revisionOf(root: string, paths: readonly string[]): string {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', [...args, '--', ...paths], {
      cwd: root,
      encoding: 'utf8',
    });
    return status === 0 ? stdout.trim() : undefined;
  };
  const commit = git('log', '-1', '--format=%H');
  if (!commit) return 'unknown';
  return git('status', '--porcelain') ? `${commit}-dirty` : commit;
}
