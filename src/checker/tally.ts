/** Counts findings by kind and keeps the first ones. */

import type { Finding, FindingKind, FindingTally } from '../history/history.ts';

/** Kinds of findings, in the order they are reported. */
const FINDING_KINDS: readonly FindingKind[] = [
  'lost',
  'duplicated',
  'mis-aggregated',
  'stale',
  'undecodable',
  'unavailable',
];

const KEPT_PER_KIND = 20;

/** A finding with the columns that matter; the remaining ones are null. */
export type PartialFinding = Pick<Finding, 'kind' | 'what'> & Partial<Finding>;

/** Counts all findings, keeps the first 20 of each kind. */
export class Tally {
  readonly #counts: Record<FindingKind, number>;
  readonly #kept: Record<FindingKind, Finding[]>;

  constructor(start: FindingTally = { counts: zeroCounts(), findings: [] }) {
    this.#counts = { ...start.counts };
    this.#kept = {
      lost: [],
      duplicated: [],
      'mis-aggregated': [],
      stale: [],
      undecodable: [],
      unavailable: [],
    };
    for (const finding of start.findings) this.#kept[finding.kind].push(finding);
  }

  /** Adds a finding that stands for `weight` records (or rows, or answers). */
  add(finding: PartialFinding, weight = 1): void {
    this.#counts[finding.kind] += weight;
    const kept = this.#kept[finding.kind];
    if (kept.length < KEPT_PER_KIND) kept.push(fullFinding(finding));
  }

  /** How many were found, of one kind or of all. */
  count(kind?: FindingKind): number {
    if (kind !== undefined) return this.#counts[kind];
    return FINDING_KINDS.reduce((sum, each) => sum + this.#counts[each], 0);
  }

  /** As plain data. */
  toJSON(): FindingTally {
    return {
      counts: { ...this.#counts },
      findings: FINDING_KINDS.flatMap((kind) => this.#kept[kind]),
    };
  }
}

/** The finding with null in each column that was left out. */
export function fullFinding(finding: PartialFinding): Finding {
  return {
    topic: null,
    partition: null,
    offset: null,
    schemaId: null,
    version: null,
    sku: null,
    year: null,
    month: null,
    expected: null,
    found: null,
    ...finding,
  };
}

/** No findings of any kind. */
function zeroCounts(): Record<FindingKind, number> {
  return { lost: 0, duplicated: 0, 'mis-aggregated': 0, stale: 0, undecodable: 0, unavailable: 0 };
}
