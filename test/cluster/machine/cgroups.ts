/** The cluster's cgroups: one of its own in every hierarchy of the machine. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';

/** Makes the cgroup, e.g. `cutover-test/node-1`, in every hierarchy. */
export function makeCgroup(cgroup: string): void {
  for (const root of hierarchies()) mkdirSync(join(root, cgroup), { recursive: true });
}

/** Folders of the cgroup that are there. */
export function findCgroup(cgroup: string): readonly string[] {
  return hierarchies()
    .map((root) => join(root, cgroup))
    .filter((folder) => existsSync(folder));
}

/** Removes the cgroup and all below it; the kernel lets go of ended processes a little later, so it is tried again. */
export async function removeCgroup(cgroup: string): Promise<void> {
  await waitUntil({ what: `cgroups ${cgroup} are left`, limitMs: 30_000, pollMs: 50 }, () => {
    for (const folder of findCgroup(cgroup)) removeTree(folder);
    return true;
  });
}

/** Files in a cgroup's folder vanish with it, so only folders are removed, innermost first. */
function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}

function hierarchies(): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return mounts.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const isCgroup = /^cgroup2? /.test(after);
    return isCgroup ? [before.split(' ')[4] ?? ''] : [];
  });
}
