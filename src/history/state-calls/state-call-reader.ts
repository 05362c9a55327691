/** Makes state calls of what the state DB's MONITOR shows, knowing of the application only what `docs/concepts.md` says. */

import type { StateCall } from '../timeline.ts';
import type { MonitoredCommand } from './monitor-line.ts';
import { readMonitorLine } from './monitor-line.ts';

type Token = NonNullable<StateCall['stored']>;

/** What is stored of a partition, as far as it was seen. */
interface Stored {
  token: Token | null;
  next: number | null;
}

interface OpenCall {
  readonly place: string;
  readonly call: StateCall;
  accepted: boolean;
}

const META = /^(.+):\{(\d{1,9})\}:meta$/;
/** Name of the command, script, number of keys, 4 keys, and the 8 first arguments. */
const MOST_WORDS = 15;
/** Enough for these words; a batch's totals come after them. */
const READ_CHARACTERS = 4_000;
/** Calls by number of keys; those with four keys are told apart by how many arguments follow. */
const CALL_BY_KEYS: Readonly<Record<string, StateCall['call']>> = { 1: 'acquire', 3: 'publish' };
const INITIALISE_ARGUMENTS = 6;

/** Follows the lines of one state DB. */
export class StateCallReader {
  readonly #emit: (call: StateCall) => void;
  readonly #isWanted: (namespace: string) => boolean;
  readonly #stored = new Map<string, Stored>();
  #open: OpenCall | undefined;

  constructor(emit: (call: StateCall) => void, isWanted: (namespace: string) => boolean) {
    this.#emit = emit;
    this.#isWanted = isWanted;
  }

  /** Takes a line, without its line end; `atMs` goes into the call. */
  line(line: Buffer, atMs: number): void {
    const isText = line.includes('"EVAL"');
    const text = line.toString('latin1', 0, isText ? line.length : READ_CHARACTERS);
    const command = readMonitorLine(text, MOST_WORDS);
    if (command === undefined) return;
    if (!command.byScript) this.flush();
    if (command.name === 'EVALSHA' || command.name === 'EVAL') this.#begin(command.words, atMs);
    else this.#follow(command);
  }

  /** Emits the call whose script has run; nothing more can come of it. */
  flush(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#emit({ ...open.call, accepted: open.accepted });
  }

  /** Nobody saw what happened meanwhile, so nothing is known to be stored. */
  forget(): void {
    this.#open = undefined;
    this.#stored.clear();
  }

  #begin([, count = '', ...words]: readonly string[], atMs: number): void {
    const place = META.exec(words[0] ?? '');
    const args = words.slice(Number(count));
    const call =
      count === '4' && args.length > INITIALISE_ARGUMENTS ? 'apply' : CALL_BY_KEYS[count];
    const kind = call ?? (count === '4' ? 'initialise' : undefined);
    const namespace = place?.[1] ?? '';
    if (place === null || kind === undefined || !this.#isWanted(namespace)) return;
    const stored = this.#storedAt(place[0]);
    const isApply = kind === 'apply';
    this.#open = {
      place: place[0],
      accepted: false,
      call: {
        ...{ atMs, namespace, partition: Number(place[2]), call: kind, accepted: false },
        token: [Number(args[0]), Number(args[1]), args[2] ?? ''],
        stored: stored.token,
        first: isApply ? Number(args[4]) : null,
        next: isApply ? Number(args[5]) : null,
        storedNext: isApply ? stored.next : null,
      },
    };
  }

  /** What scripts do tells what became of the call; whoever writes, it is stored then. */
  #follow({ byScript, name, words }: MonitoredCommand): void {
    const open = this.#open;
    const isWrite = name === 'HSET' || name === 'DEL' || name === 'HINCRBY';
    if (byScript && open) {
      open.accepted ||= open.call.call === 'publish' ? name === 'HSCAN' : isWrite;
    }
    if (name === 'FLUSHALL' || name === 'FLUSHDB') this.#stored.clear();
    const [key = '', ...fields] = words;
    if (name === 'DEL' || name === 'UNLINK') for (const each of words) this.#stored.delete(each);
    if (name === 'HSET' && META.test(key)) this.#write(this.#storedAt(key), fields);
  }

  #write(stored: Stored, fields: readonly string[]): void {
    const token: [number, number, string] = [...(stored.token ?? ([0, 0, ''] as const))];
    let changed = false;
    for (let at = 0; at < fields.length; at += 2) {
      const [field, value = ''] = [fields[at], fields[at + 1]];
      if (field === 'next') stored.next = Number(value);
      const place = ['deployment', 'generation', 'owner'].indexOf(field ?? '');
      if (place === 2) token[2] = value;
      else if (place >= 0) token[place] = Number(value);
      changed ||= place >= 0;
    }
    if (changed) stored.token = token;
  }

  #storedAt(key: string): Stored {
    const known = this.#stored.get(key);
    if (known !== undefined) return known;
    const fresh: Stored = { token: null, next: null };
    this.#stored.set(key, fresh);
    return fresh;
  }
}
