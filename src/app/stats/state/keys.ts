/** Names of the keys that the Summary Stats UI keeps in its state DB. */

/** The keys of one namespace, in the order that the Lua scripts expect. */
export interface StateKeys {
  /** Hash: `<sku>|<yyyy-mm>` → JSON of the row. */
  readonly rows: string;
  /** Sorted set: row key scored by the revision of its last change. */
  readonly changed: string;
  /** Integer, one more for each accepted batch of changes. */
  readonly revision: string;
  /** Hash: partition → next offset to read. */
  readonly next: string;
  /** Hash: `incarnation` (a new one whenever the state starts anew), `topicId`, `rows` (their number), `updatedMs`, `complete` (1 once the topic was read to its end). */
  readonly meta: string;
}

/** The keys under a namespace such as `stats-v1`. */
export function stateKeys(namespace: string): StateKeys {
  const key = (name: string) => `${namespace}:${name}`;
  return {
    rows: key('rows'),
    changed: key('changed'),
    revision: key('revision'),
    next: key('next'),
    meta: key('meta'),
  };
}
