/** Keeps downloaded components, one folder each, filled at once or not at all, and checked at each start. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.ts';
import type { ReportProgress } from './report-progress.ts';

/** A component as the cache keeps it. */
export interface CachedComponent {
  /** Folder in the cache, e.g. `<cache>/kafka-4.3.1`. */
  readonly folder: string;
  /** Puts the component's files into an empty folder. */
  readonly fill: (folder: string) => Promise<void>;
}

interface Marker {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

const markerName = '.complete.json';

/** Whether a component's folder is complete: every file there, each with the size it had when it was fetched. */
export function isCached(folder: string): boolean {
  const path = join(folder, markerName);
  if (!existsSync(path)) return false;
  try {
    const marker = JSON.parse(readFileSync(path, 'utf8')) as Marker;
    return marker.files.every(
      (file) => statSync(join(folder, file.path), { throwIfNoEntry: false })?.size === file.bytes,
    );
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Answers a component's folder, filling it first where it is absent or damaged; only one process fills it at a time. */
export async function cached(
  component: CachedComponent,
  progress: ReportProgress,
): Promise<string> {
  const { folder } = component;
  if (isCached(folder)) return folder;
  const part = basename(folder);
  const waiting = (): void =>
    progress({ part, kind: 'step', message: 'another cutover process is fetching it; waiting' });
  return withLock(`${folder}.lock`, waiting, async () => {
    if (!isCached(folder)) await fillAtOnce(component);
    return folder;
  });
}

async function fillAtOnce({ folder, fill }: CachedComponent): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  removeAbandoned(folder);
  const temporary = mkdtempSync(`${folder}.part-`);
  try {
    await fill(temporary);
    const marker: Marker = { files: listFiles(temporary) };
    writeFileSync(join(temporary, markerName), JSON.stringify(marker));
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what fetches of the same component left behind when they were killed; the lock is held. */
function removeAbandoned(folder: string): void {
  const prefix = `${basename(folder)}.part-`;
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(prefix))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function listFiles(folder: string): Marker['files'] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: statSync(path).size }));
}
