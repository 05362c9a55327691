/** One process kept running: started again with growing pauses when it ends by itself, as Kubernetes does. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LabEvent } from '../../platform.ts';
import { WRONG_SETTINGS } from '../../platform.ts';
import type { ProcessFailure } from '../errors.ts';
import { LocalError, messageOf, ProcessError } from '../errors.ts';
import { untilReady } from '../ready.ts';
import type { Child, Command } from './child.ts';
import { describeEnd, startChild } from './child.ts';
import type { ProcessIdentity } from './identity.ts';
import { signalGroup } from './identity.ts';

/** One start of the process. */
export interface Launch {
  readonly command: Command;
  /** Resolves with the address the process answers at, rejects while it does not answer. */
  readonly probe: (child: Child) => Promise<string>;
}

/** What is needed to keep a process running. */
export interface Supervision {
  readonly name: string;
  readonly logFile: string;
  /** How long the first start may take, and how long a stop may take before it is forced. */
  readonly readyLimitMs: number;
  readonly graceMs: number;
  /** Asked before each start. */
  readonly launch: () => Promise<Launch>;
  /** The reason in what a process left behind; default: its last line. */
  readonly explain?: (failure: ProcessFailure) => string;
  readonly emit: (kind: LabEvent['kind'], subject: string, detail: string) => void;
  readonly born: (identity: ProcessIdentity) => void;
  readonly gone: (identity: ProcessIdentity) => void;
  /** Pause before the first restart after a quick end, twice as long each next time; default 200. */
  readonly firstPauseMs?: number;
  /** Asked before a restart: true where the whole lab ends. */
  readonly isStopping: () => boolean;
}

const quickEndMs = 10_000;
const quickEndsAllowed = 5;
const defaultFirstPauseMs = 200;
const longestPauseMs = 30_000;

/** A process with its supervision. */
export class SupervisedProcess {
  readonly #supervision: Supervision;
  readonly #cancel = new AbortController();
  #child: Child | undefined;
  #launch: Launch | undefined;
  #address = '';
  #ready = false;
  #restarts = 0;
  #quickEnds = 0;
  #endWanted = false;
  #gaveUp = false;

  constructor(supervision: Supervision) {
    this.#supervision = supervision;
  }

  get name(): string {
    return this.#supervision.name;
  }

  /** The address of the last successful start. */
  get address(): string {
    return this.#address;
  }

  get pid(): number {
    return this.#child?.identity.pid ?? 0;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether it ended for good without being told to. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** Whether it answers at this moment; one that is paused does not. */
  async answers(): Promise<boolean> {
    const [child, launch] = [this.#child, this.#launch];
    if (!this.#ready || !child || !launch) return false;
    return launch.probe(child).then(
      () => true,
      () => false,
    );
  }

  /** Starts the process; rejects where it ends or stays silent before it is ready, and leaves nothing running then. */
  async start(): Promise<void> {
    const { readyLimitMs, graceMs } = this.#supervision;
    const { child, launch } = await this.#spawn();
    try {
      await this.#untilReady(child, launch, readyLimitMs);
    } catch (error) {
      await child.stop(graceMs);
      this.#forget(child);
      throw error;
    }
    void this.#keepRunning(child);
  }

  /** Ends the process and its supervision. */
  async stop(graceMs = this.#supervision.graceMs): Promise<void> {
    this.#cancel.abort();
    const child = this.#child;
    if (!child) return;
    await child.stop(graceMs);
    this.#forget(child);
  }

  /** Sends a signal to the process group; throws where no process runs at this moment. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#child) {
      throw new LocalError('INSTANCE_UNKNOWN', `${this.name} does not run at this moment`);
    }
    if (signal === 'SIGKILL') this.#endWanted = true;
    signalGroup(this.#child.identity, signal);
  }

  async #spawn(): Promise<{ readonly child: Child; readonly launch: Launch }> {
    const { launch: prepare, logFile, born, emit } = this.#supervision;
    const launch = await prepare();
    const child = await startChild(launch.command, logFile, born);
    this.#child = child;
    this.#launch = launch;
    if (this.#cancel.signal.aborted) await child.stop(0);
    emit('started', this.name, `process ${child.identity.pid}`);
    return { child, launch };
  }

  async #untilReady(child: Child, launch: Launch, limitMs: number): Promise<void> {
    const { explain, emit } = this.#supervision;
    const probe = (): Promise<string> => launch.probe(child);
    const wait = { subject: this.name, limitMs, child, probe };
    this.#address = await untilReady(explain ? { ...wait, explain } : wait);
    this.#ready = true;
    emit('ready', this.name, this.#address);
  }

  #forget(child: Child): void {
    this.#ready = false;
    if (this.#child === child) this.#child = undefined;
    this.#supervision.gone(child.identity);
  }

  async #keepRunning(first: Child): Promise<void> {
    let child: Child | undefined = first;
    let startedMs = Date.now();
    while (child) {
      const failure = await child.ended;
      this.#forget(child);
      if (this.#cancel.signal.aborted) return;
      this.#supervision.emit('ended', this.name, describeEnd(failure));
      if (this.#supervision.isStopping() || !(await this.#pauseBeforeRestart(failure, startedMs)))
        return;
      startedMs = Date.now();
      child = await this.#restart();
    }
  }

  /** Waits as long as the failures so far ask for; false where there is to be no restart. */
  async #pauseBeforeRestart(failure: ProcessFailure, startedMs: number): Promise<boolean> {
    const { emit } = this.#supervision;
    const quick = !this.#endWanted && Date.now() - startedMs < quickEndMs;
    this.#quickEnds = quick ? this.#quickEnds + 1 : 0;
    this.#endWanted = false;
    if (failure.exitCode === WRONG_SETTINGS || this.#quickEnds >= quickEndsAllowed) {
      this.#gaveUp = true;
      const reason = this.#supervision.explain?.(failure) ?? failure.tail.at(-1) ?? '';
      emit('gave-up', this.name, `${describeEnd(failure)}: ${reason}`);
      return false;
    }
    const pauseMs = this.#pauseMs();
    emit('restarting', this.name, `in ${pauseMs} ms, after ${describeEnd(failure)}`);
    return delay(pauseMs, true, { signal: this.#cancel.signal }).catch(() => false);
  }

  #pauseMs(): number {
    const { firstPauseMs = defaultFirstPauseMs } = this.#supervision;
    return this.#quickEnds === 0
      ? 0
      : Math.min(firstPauseMs * 2 ** (this.#quickEnds - 1), longestPauseMs);
  }

  /** Starts the process again; it may take as long as it needs, and its end is seen by the caller's loop. */
  async #restart(): Promise<Child | undefined> {
    this.#restarts += 1;
    try {
      const { child, launch } = await this.#spawn();
      void this.#untilReady(child, launch, Number.POSITIVE_INFINITY).catch((error: unknown) => {
        if (!(error instanceof ProcessError)) throw error;
      });
      return child;
    } catch (error) {
      this.#gaveUp = true;
      this.#supervision.emit('gave-up', this.name, messageOf(error));
      return undefined;
    }
  }
}
