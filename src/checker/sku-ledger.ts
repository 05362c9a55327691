/** What was seen of one SKU: its numbers, its hours, and its totals in each partition. */

import type { LogSku } from '../history/history.ts';
import { Bitset } from './bitset.ts';
import { SkuTotals } from './sku-totals.ts';
import type { SkuWorkload } from './workload.ts';
import { skuWorkload } from './workload.ts';

/** Records of one SKU, one bit for each seq and each hour. */
export class SkuLedger {
  readonly sku: string;
  readonly key: Buffer;
  /** Whether the run produces this SKU. */
  readonly expected: boolean;
  readonly workload: SkuWorkload;
  readonly seqs = new Bitset();
  readonly hours = new Bitset();
  readonly #totals: (SkuTotals | undefined)[] = [];
  #partition = -1;
  #nextSeq = 0;

  constructor(sku: string, seed: number, expected: boolean) {
    this.sku = sku;
    this.key = Buffer.from(sku, 'utf8');
    this.expected = expected;
    this.workload = skuWorkload(seed, sku);
  }

  /** Notes a (SKU, seq); false where it was seen before. */
  addSeq(seq: number, partition: number): boolean {
    if (this.#partition < 0) this.#partition = partition;
    if (seq >= this.#nextSeq) this.#nextSeq = seq + 1;
    return this.seqs.add(seq);
  }

  /** The totals of this SKU in a partition. */
  totalsIn(partition: number): SkuTotals {
    const totals = this.#totals[partition];
    if (totals !== undefined) return totals;
    const fresh = new SkuTotals();
    this.#totals[partition] = fresh;
    return fresh;
  }

  /** The totals of this SKU in a partition; undefined where it has none there. */
  findTotals(partition: number): SkuTotals | undefined {
    return this.#totals[partition];
  }

  /** As saved in a history. */
  summary(): LogSku {
    const complete = this.seqs.size === this.#nextSeq;
    return {
      sku: this.sku,
      partition: this.#partition,
      present: this.seqs.size,
      nextSeq: this.#nextSeq,
      firstMissing: complete ? null : this.seqs.firstAbsent(),
    };
  }
}
