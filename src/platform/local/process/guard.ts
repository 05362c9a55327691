/**
 * The guard: a program that outlives the lab's own process and ends what that process started when it vanishes.
 *
 * It reads one JSON message a line from its standard input; the end of the input means that the lab's process is gone.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endProcesses } from './end-processes.ts';
import type { ProcessIdentity } from './identity.ts';

/** What the lab's process tells its guard. */
export type GuardMessage =
  | { readonly kind: 'watch'; readonly process: ProcessIdentity }
  | { readonly kind: 'forget'; readonly pid: number }
  /** A file or folder to remove after the processes have ended; a file only where it contains `onlyWith`. */
  | { readonly kind: 'remove'; readonly path: string; readonly onlyWith?: string }
  /** Everything ended in an orderly way: nothing is left to do. */
  | { readonly kind: 'dismiss' };

const graceMs = 3_000;

async function guard(): Promise<void> {
  const watched = new Map<number, ProcessIdentity>();
  const leftovers: { readonly path: string; readonly onlyWith?: string }[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line) as GuardMessage;
    if (message.kind === 'dismiss') return;
    if (message.kind === 'watch') watched.set(message.process.pid, message.process);
    if (message.kind === 'forget') watched.delete(message.pid);
    if (message.kind === 'remove') leftovers.push(message);
  }
  await endProcesses([...watched.values()], graceMs);
  for (const { path, onlyWith } of leftovers) {
    if (onlyWith && !(existsSync(path) && readFileSync(path, 'utf8').includes(onlyWith))) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  await guard();
  process.exit(0);
}
