/** Keeps images unpacked as containerd keeps them, made once for each set of archives, so that a new node only links them. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  globSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { cached } from '../../src/platform/local/artifacts/cache.ts';
import { withLock } from '../../src/platform/local/artifacts/lock.ts';
import { clusterCache } from './layout.ts';
import { runProgram } from './run-program.ts';
import type { Log } from './steps.ts';
import { step } from './steps.ts';

/** Which images go where. */
export interface LinkRequest {
  readonly archives: readonly string[];
  /** Folders of containerds that do not run yet; they need not be there. */
  readonly folders: readonly string[];
  readonly log: Log;
}

/** Kept of those used last: the cluster's own images alone, and with the lab's of two states of its code. */
const keptStores = 3;

/**
 * Puts the images of these archives into the folders. What is in the images is linked, for nobody changes a file of an
 * image; containerd's databases are copied.
 * @param unpack fills the folder of a containerd with the images; called where no store has them yet
 */
export async function linkImages(
  { archives, folders, log }: LinkRequest,
  unpack: (folder: string) => Promise<void>,
): Promise<void> {
  const store = storeOf(archives);
  const waiting = (): void => log('… another process unpacks images; waiting');
  await withLock(join(clusterCache(), 'stores.lock'), waiting, async () => {
    const fill = (folder: string) => step(log, 'unpack the images, once', () => unpack(folder));
    await cached({ folder: store, fill }, ({ part, message }) => log(`… ${part}: ${message}`));
    utimesSync(store, new Date(), new Date());
    await Promise.all(folders.map((folder) => link(store, folder)));
    removeOlder();
  });
}

/** Folder of the images of these archives, whether it is there or not. */
export function storeOf(archives: readonly string[]): string {
  const text = archives.map(identifyArchive).sort().join('\n');
  const key = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return join(clusterCache(), `store-${key}`);
}

/** A name of an archive that another content does not have. */
export function identifyArchive(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${resolve(path)} ${size} ${mtimeMs}`;
}

async function link(store: string, folder: string): Promise<void> {
  await runProgram('cp', ['--archive', '--link', '--no-target-directory', store, folder]);
  for (const file of globSync('*/*.db', { cwd: folder })) unlink(join(folder, file));
}

/** Makes a file of its own of a link. */
function unlink(path: string): void {
  copyFileSync(path, `${path}.own`);
  renameSync(`${path}.own`, path);
}

function removeOlder(): void {
  const usedAt = (name: string): number => statSync(join(clusterCache(), name)).mtimeMs;
  const stores = readdirSync(clusterCache()).filter((name) => /^store-[0-9a-f]{12}$/.test(name));
  for (const name of stores.sort((a, b) => usedAt(b) - usedAt(a)).slice(keptStores)) {
    rmSync(join(clusterCache(), name), { recursive: true });
  }
}
