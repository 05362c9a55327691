/** What each program of a running lab tells over HTTP, kept by instance, also after the instance is gone. */

import type { Deployment, DeploymentSpec, Instance } from '../platform/platform.ts';
import { Source } from './source.ts';

/** `GET /partitions` of a Back End; `next` and `logEnd` are 0 until the partition was acquired. */
export interface PartitionsAnswer {
  readonly generation: number | null;
  readonly partitions: readonly {
    readonly partition: number;
    readonly next: number;
    readonly logEnd: number;
    readonly halted: string | null;
  }[];
}

/** `GET /assignment` of a generator: its SKUs, and the last acknowledged `seq` of each. */
export interface AssignmentAnswer {
  readonly skus: readonly number[];
  readonly acknowledged: Readonly<Record<string, number>>;
}

/** Counters by name, summed over their labels. */
export type CountersAnswer = ReadonlyMap<string, number>;

/** One start of one instance. */
export interface InstanceSources {
  readonly spec: DeploymentSpec;
  /** As it was listed last: where it answers may be known only some time after it was started. */
  instance: Instance;
  /** Whether it was still there when the deployments were listed last. */
  present: boolean;
  readonly partitions?: Source<PartitionsAnswer>;
  readonly assignment?: Source<AssignmentAnswer>;
  readonly counters?: Source<CountersAnswer>;
}

/** The counters that a sample needs. */
const COUNTER = /^(cutover_(?:offsets|undecodable|records_produced)_total)(?:\{[^}]*\})? (\S+)/gm;

/** The sources of all instances that were ever listed, by id of their start. */
export class LabSources {
  readonly #byStart = new Map<string, InstanceSources>();
  readonly #timeoutMs: number;

  /** A question is given up after `timeoutMs`. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Takes in which instances there are now. */
  list(deployments: readonly Deployment[]): void {
    for (const sources of this.#byStart.values()) sources.present = false;
    for (const { spec, instances } of deployments) {
      for (const instance of instances) {
        const key = `${spec.name} ${spec.version} ${instance.name} ${instance.id}`;
        const known = this.#byStart.get(key);
        if (known === undefined) this.#byStart.set(key, this.#open(spec, instance));
        else Object.assign(known, { instance, present: true });
      }
    }
  }

  /** All of them, also those whose instance is gone. */
  all(): readonly InstanceSources[] {
    return [...this.#byStart.values()];
  }

  /** Asks every instance that is there; one promise a question that was not open yet. */
  ask(): readonly Promise<void>[] {
    return this.all()
      .filter(({ present }) => present)
      .flatMap(({ partitions, assignment, counters }) => [partitions, assignment, counters])
      .flatMap((source) => (source === undefined ? [] : [source.ask()]));
  }

  #open(spec: DeploymentSpec, instance: Instance): InstanceSources {
    const opened: InstanceSources = { spec, instance, present: true };
    if (spec.role === 'stats') return opened;
    const at = (path: string) => () => `${opened.instance.url}${path}`;
    const highest = new Map<string, number>();
    const counters = this.#source(at('/metrics'), async (answer) =>
      raise(highest, readCounters(await answer.text())),
    );
    return Object.assign(
      opened,
      { counters },
      spec.role === 'back-end'
        ? { partitions: this.#json<PartitionsAnswer>(at('/partitions'), 'partitions') }
        : { assignment: this.#json<AssignmentAnswer>(at('/assignment'), 'skus') },
    );
  }

  /** A JSON object that holds a list under that name; anything else is no answer. */
  #json<Answer>(url: () => string, list: keyof Answer & string): Source<Answer> {
    return this.#source(url, async (response) => {
      const answer = (await response.json()) as Answer;
      if (Array.isArray(answer[list])) return answer;
      throw new Error(`${url()} answered without ${list}`);
    });
  }

  #source<Answer>(url: () => string, read: (answer: Response) => Promise<Answer>): Source<Answer> {
    return new Source(async (signal) => {
      const answer = await fetch(url(), { signal });
      if (answer.ok) return read(answer);
      await answer.body?.cancel();
      throw new Error(`${url()} answered ${answer.status}`);
    }, this.#timeoutMs);
  }
}

/** The highest of each: a process that started anew may answer before the platform lists it as another one. */
function raise(highest: Map<string, number>, counters: CountersAnswer): CountersAnswer {
  for (const [name, value] of counters) {
    highest.set(name, Math.max(highest.get(name) ?? 0, value));
  }
  return highest;
}

/** The counters of a text in the Prometheus format. */
function readCounters(text: string): CountersAnswer {
  const counters = new Map<string, number>();
  for (const [, name = '', value = ''] of text.matchAll(COUNTER)) {
    counters.set(name, (counters.get(name) ?? 0) + Number(value));
  }
  return counters;
}
