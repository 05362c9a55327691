/** Compares fetched files with the SHA-256 sums committed beside this file. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LocalError } from '../errors.ts';

/** Reads a list of sums as `sha256sum` writes it: file name → sum. */
export function readChecksums(list: URL): ReadonlyMap<string, string> {
  const lines = readFileSync(list, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.slice(66).trim(), line.slice(0, 64)]));
}

/** Rejects with a {@link LocalError} `FETCH_FAILED` where a listed file is absent from `folder` or not the one expected. */
export async function verifyChecksums(
  folder: string,
  sums: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, expected] of sums) {
    const actual = await sha256(join(folder, name));
    if (actual !== expected) {
      throw new LocalError(
        'FETCH_FAILED',
        `${name} is not the file expected (SHA-256 ${actual}, expected ${expected}). Mend: check what serves your downloads, then try again`,
      );
    }
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((cause: unknown) => {
    throw new LocalError('FETCH_FAILED', `${path} was not fetched. Mend: try again`, { cause });
  });
  return hash.digest('hex');
}
