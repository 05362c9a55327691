/** Starts the guard of a lab and talks to it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GuardMessage } from './guard.ts';
import type { ProcessIdentity } from './identity.ts';
import { identify } from './identity.ts';

/** The lab's side of its guard. */
export interface Guard {
  readonly process: ProcessIdentity | undefined;
  tell(message: GuardMessage): void;
  /** Lets the guard end without doing anything; resolves when it is gone. */
  dismiss(): Promise<void>;
}

/** Starts a guard in its own session, so that nothing which ends the caller also ends the guard. */
export function startGuard(): Guard {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./guard.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // A guard that was killed must not take the lab down with it; `down` finds the rest by the state file.
  child.stdin.on('error', () => undefined);
  child.unref();
  const tell = (message: GuardMessage): void => {
    if (child.stdin.writable) child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    process: child.pid === undefined ? undefined : identify(child.pid),
    tell,
    async dismiss() {
      child.ref();
      tell({ kind: 'dismiss' });
      child.stdin.end();
      await gone;
    },
  };
}
