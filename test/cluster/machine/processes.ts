/** The cluster's processes on the machine, found by their mark. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tokenVariable } from '../state-file.ts';
import { waitUntil } from '../wait-until.ts';

/** Ids of all running processes that carry the mark, which children inherit. */
export function findMarked(token: string): readonly number[] {
  const mark = `${tokenVariable}=${token}`;
  return processIds().filter((pid) => environmentOf(pid).includes(mark));
}

/** The environment that a process was started with, as `NAME=value`; empty where it ended meanwhile. */
export function environmentOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/environ`).split('\0');
}

/** Whether a process runs in another process namespace than this one. */
export function isContained(pid: number): boolean {
  return ![undefined, namespaceOf(process.pid)].includes(namespaceOf(pid));
}

/** Ids of the processes in the same process namespace as one of the marked ones, other than the machine's own. */
export function findContained(token: string): readonly number[] {
  const own = namespaceOf(process.pid);
  const held = new Set(findMarked(token).map(namespaceOf));
  held.delete(own);
  held.delete(undefined);
  return processIds().filter((pid) => held.has(namespaceOf(pid)));
}

/** Kills everything marked, and with the namespaces everything inside them; resolves when none is left. */
export async function killMarked(token: string): Promise<number> {
  const killed = new Set<number>();
  await waitUntil(
    { what: 'processes of the cluster are left', limitMs: 60_000, pollMs: 20 },
    () => {
      const running = [...findMarked(token), ...findContained(token)];
      for (const pid of running) {
        if (kill(pid)) killed.add(pid);
      }
      return running.length === 0 ? true : undefined;
    },
  );
  return killed.size;
}

/** Kills everything in the process namespace of a process; resolves when none of it is left. */
export async function killContained(pid: number): Promise<void> {
  const namespace = namespaceOf(pid);
  if (namespace === undefined || !isContained(pid)) return;
  await waitUntil({ what: 'processes of the node are left', limitMs: 60_000, pollMs: 20 }, () => {
    const running = processIds().filter((each) => namespaceOf(each) === namespace);
    for (const each of running) kill(each);
    return running.length === 0 ? true : undefined;
  });
}

/** Memory of these processes in bytes; what they share is counted once. */
export function memoryOf(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // Ended meanwhile.
    return undefined;
  }
}

/** A file of /proc; empty where the process ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
