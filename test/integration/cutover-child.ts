/** Runs `cutover` as a user would, in a process of its own, and keeps what it says. */

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const clone = fileURLToPath(new URL('../..', import.meta.url));

/** How it ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `cutover` at work. */
export class CutoverChild {
  stdout = '';
  stderr = '';
  readonly process: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  constructor(args: readonly string[]) {
    const child = spawn(process.execPath, ['bin/cutover.mjs', ...args], { cwd: clone });
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk));
    this.process = child;
    this.#closed = once(child, 'close');
  }

  /** Resolves when it has said that, on either stream; rejects with what it said where it ends before or after the limit. */
  async says(words: RegExp, limitMs: number): Promise<void> {
    const endMs = performance.now() + limitMs;
    const hasSaid = () => words.test(this.stdout) || words.test(this.stderr);
    while (!hasSaid()) {
      const isOver = this.process.exitCode !== null || performance.now() > endMs;
      if (isOver) throw new Error(`it did not say ${words}:\n${this.stdout}\n${this.stderr}`);
      await sleep(20);
    }
  }

  async ended(): Promise<Ended> {
    const [code] = (await this.#closed) as [number | null];
    return { code, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs it to its end. */
export function cutover(...args: readonly string[]): Promise<Ended> {
  return new CutoverChild(args).ended();
}

/** Fails where a process of that lab is left; ends it in any case. */
export async function assertNothingLeft(lab: string): Promise<void> {
  const { stdout, stderr } = await cutover('down', '--name', lab, '--json');
  assert.deepEqual(JSON.parse(stdout), { name: lab, ended: 0 }, stderr);
}
