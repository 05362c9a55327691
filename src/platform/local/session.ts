/** A lab as its own process sees it: the guard, the processes it started, and the state file kept up to date. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Addresses, Deployment, LabEvent, LabSpec } from '../platform.ts';
import { withLock } from './artifacts/lock.ts';
import { LocalError } from './errors.ts';
import { PortClaims } from './port-claims.ts';
import { endProcesses } from './process/end-processes.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { identify, signalGroup } from './process/identity.ts';
import type { Guard } from './process/start-guard.ts';
import { startGuard } from './process/start-guard.ts';
import type { LabFiles, LabProcess, LabState } from './state-file.ts';
import { isRunning, labFiles, readState, removeState, writeState } from './state-file.ts';

const watchMs = 1_000;

/** The open session of one lab. */
export class Session {
  readonly files: LabFiles;
  /** Folder of the components' data. */
  readonly dataDir: string;
  /** Ports that no other lab takes as long as this one is open. */
  readonly ports = new PortClaims();
  /** Tells this lab from an earlier or later one of the same name. */
  readonly #id = randomUUID();
  readonly #spec: LabSpec;
  readonly #guard: Guard;
  readonly #owner: ProcessIdentity;
  readonly #processes = new Map<number, LabProcess>();
  readonly #listeners = new Set<(event: LabEvent) => void>();
  readonly #watch: NodeJS.Timeout;
  #addresses: Addresses = { bootstrap: '', registry: '', valkey: ['', ''], rest: '' };
  #deployments: () => readonly Deployment[] = () => [];
  #stoppedFromElsewhere: () => void = () => undefined;
  #closed = false;

  constructor(spec: LabSpec) {
    this.#spec = spec;
    this.files = labFiles(spec.name);
    const temporaryData = join(this.files.data, this.#id);
    this.dataDir = spec.dataDir === undefined ? temporaryData : resolve(spec.dataDir);
    this.#owner = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
    this.#guard = startGuard();
    this.#guard.tell({ kind: 'remove', path: this.files.state, onlyWith: this.#id });
    if (this.temporary) this.#guard.tell({ kind: 'remove', path: temporaryData });
    mkdirSync(this.dataDir, { recursive: true });
    this.#watch = setInterval(() => this.isStopping(), watchMs).unref();
    writeState(this.#state());
  }

  /** Whether the data is thrown away when the lab ends. */
  get temporary(): boolean {
    return this.#spec.dataDir === undefined;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Throws a {@link LocalError} `LAB_STOPPED` once the session is closed. */
  ensureOpen(): void {
    if (!this.#closed) return;
    throw new LocalError('LAB_STOPPED', `The lab "${this.#spec.name}" was stopped`);
  }

  /** Registers a process at its birth; one that comes after the end is ended at once. */
  born(name: string, kind: LabProcess['kind'], identity: ProcessIdentity): void {
    if (this.#closed) signalGroup(identity, 'SIGKILL');
    this.#guard.tell({ kind: 'watch', process: identity });
    this.#processes.set(identity.pid, { name, kind, ...identity });
    this.save();
  }

  /** Forgets a process that ended. */
  gone({ pid }: ProcessIdentity): void {
    this.#guard.tell({ kind: 'forget', pid });
    this.#processes.delete(pid);
    this.save();
  }

  /** Sets what else is saved: the addresses now, the deployments each time anew. */
  describe(addresses: Addresses, deployments: () => readonly Deployment[]): void {
    this.#addresses = addresses;
    this.#deployments = deployments;
    this.save();
  }

  save(): void {
    // What another process has ended must not be written anew.
    if (!this.isStopping()) writeState(this.#state());
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(kind: LabEvent['kind'], subject: string, detail: string): void {
    const event: LabEvent = { atMs: Date.now(), kind, subject, detail };
    for (const listener of this.#listeners) listener(event);
  }

  /** Sets what to do when another process ends the lab (`cutover down`). */
  onStoppedFromElsewhere(react: () => void): void {
    this.#stoppedFromElsewhere = react;
  }

  /** Whether the lab is ending, be it from here or from another process. */
  isStopping(): boolean {
    if (this.#closed) return true;
    const stopping = existsSync(this.files.stopping) || !this.#isOwn(readState(this.#spec.name));
    if (stopping) this.#stoppedFromElsewhere();
    return stopping;
  }

  /** Marks the end, so that nothing is started any more. */
  beginClose(): void {
    this.#closed = true;
    clearInterval(this.#watch);
  }

  /** Removes the temporary data and the state file and lets the guard go. */
  async close(): Promise<void> {
    this.beginClose();
    await endProcesses([...this.#processes.values()], 0);
    if (this.#isOwn(readState(this.#spec.name))) {
      removeState(this.#state());
      rmSync(this.files.stopping, { force: true });
    }
    if (this.temporary) rmSync(this.dataDir, { recursive: true, force: true });
    this.ports.release();
    await this.#guard.dismiss();
  }

  #isOwn(state: LabState | undefined): boolean {
    return state?.id === this.#id;
  }

  #state(): LabState {
    const { name, run } = this.#spec;
    return {
      id: this.#id,
      name,
      owner: this.#owner,
      ...(this.#guard.process ? { guard: this.#guard.process } : {}),
      processes: [...this.#processes.values()],
      addresses: this.#addresses,
      run,
      deployments: this.#deployments(),
      ...(this.temporary ? { temporaryData: this.dataDir } : {}),
    };
  }
}

/** Opens the session of a new lab; rejects with `LAB_RUNNING` where one of that name runs. */
export async function openSession(spec: LabSpec): Promise<Session> {
  const files = labFiles(spec.name);
  return withLock(
    files.lock,
    () => undefined,
    async () => {
      const earlier = readState(spec.name);
      if (earlier && isRunning(earlier)) throw alreadyRunning(spec.name);
      if (earlier) removeState(earlier);
      const { logs, data, stopping, control } = files;
      for (const path of [logs, data, stopping, ...(control === undefined ? [] : [control])]) {
        rmSync(path, { recursive: true, force: true });
      }
      return new Session(spec);
    },
  );
}

function alreadyRunning(name: string): LocalError {
  const command = name === 'default' ? 'cutover down' : `cutover down --name ${name}`;
  return new LocalError(
    'LAB_RUNNING',
    `A lab named "${name}" is running already. Mend: ${command}`,
  );
}
