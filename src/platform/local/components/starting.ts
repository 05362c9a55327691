/** What the starts of all components share: where they are noted, which ports they get, how they are kept running. */
import { join } from 'node:path';
import type { LabSpec } from '../../platform.ts';
import type { ReportProgress } from '../artifacts/report-progress.ts';
import type { ProcessFailure } from '../errors.ts';
import { LocalError, messageOf } from '../errors.ts';
import { java } from '../java.ts';
import type { Launch } from '../process/supervised.ts';
import { SupervisedProcess } from '../process/supervised.ts';
import { untilReady } from '../ready.ts';
import type { Session } from '../session.ts';
import type { Preparation } from './prepared.ts';

/** The bring-up of one lab. */
export interface Started {
  readonly session: Session;
  readonly spec: LabSpec;
  readonly ports: ComponentPorts;
  readonly progress: ReportProgress;
  /** Filled as the processes are made, so that a failure elsewhere can end them. */
  readonly processes: SupervisedProcess[];
  /** Set where another part failed: nothing is started any more. */
  abandoned: boolean;
}

/** The ports that a lab's components take. */
export interface ComponentPorts {
  readonly brokers: readonly number[];
  readonly controllers: readonly number[];
  readonly registry: number;
  readonly valkey: readonly [number, number];
}

const readyLimitMs = 60_000;
const graceMs = 10_000;
const externalLimitMs = 5_000;

/** What a preparation needs, from the bring-up it belongs to. */
export function preparation({ session, progress }: Started): Preparation {
  return {
    java: java(),
    progress,
    born: (identity) => session.born('preparation', 'component', identity),
  };
}

/** Starts a component and resolves when it answers; it is started again when it ends by itself. */
export async function startProcess(started: Started, name: string, launch: Launch): Promise<void> {
  const { session, processes } = started;
  session.ensureOpen();
  if (started.abandoned) throw new LocalError('LAB_STOPPED', `${name} is no longer wanted`);
  const component = new SupervisedProcess({
    name,
    logFile: join(session.files.logs, `${name}.log`),
    readyLimitMs,
    graceMs,
    launch: () => Promise.resolve(launch),
    explain: explainComponentEnd,
    emit: (kind, subject, detail) => session.emit(kind, subject, detail),
    born: (identity) => session.born(name, 'component', identity),
    gone: (identity) => session.gone(identity),
    isStopping: () => session.isStopping(),
  });
  processes.push(component);
  await component.start();
}

/** Waits a little for a component of the user's; rejects with `COMPONENT_UNREACHABLE` naming the flag that points to it. */
export async function externalReady<T>(
  what: string,
  address: string,
  flag: string,
  probe: () => Promise<T>,
): Promise<T> {
  try {
    return await untilReady({ subject: what, limitMs: externalLimitMs, probe });
  } catch (cause) {
    throw new LocalError(
      'COMPONENT_UNREACHABLE',
      `${what} does not answer at ${address}: ${messageOf(cause)}. Mend: start it, or correct ${flag}`,
      { cause },
    );
  }
}

/** The reason in what a component left behind: the innermost cause of a Java stack, else its last error or line. */
function explainComponentEnd({ tail }: ProcessFailure): string {
  const causes = tail.filter((line) => line.startsWith('Caused by: '));
  const errors = tail.filter((line) => /\b(ERROR|FATAL)\b/i.test(line));
  return causes.at(-1) ?? errors.at(-1) ?? tail.at(-1) ?? 'it said nothing';
}
