/** The SKUs that this instance produces, and which of their records comes next. */
import { HOURS } from '../runtime/calendar.ts';
import { partitionOf } from '../runtime/partitioner.ts';
import { skuName } from './sku-list.ts';

/** One SKU's production line. */
export interface SkuLine {
  readonly index: number;
  readonly sku: string;
  readonly key: Buffer;
  readonly partition: number;
  /** `seq` of the next record. */
  seq: number;
  /** Last `seq` that the broker acknowledged; -1: none. */
  acknowledged: number;
}

/** A line that starts after what the log holds already. */
export function createSkuLine(index: number, partitions: number, lastSeq: number): SkuLine {
  const sku = skuName(index);
  const key = Buffer.from(sku, 'utf8');
  const partition = partitionOf(key, partitions);
  return { index, sku, key, partition, seq: lastSeq + 1, acknowledged: lastSeq };
}

/** Whether every hour of the line was handed out. */
export function isExhausted(line: SkuLine): boolean {
  return line.seq >= HOURS;
}

/** Hours that one SKU produces before it is the next SKU's turn. */
const HOURS_A_TURN = 24;

/** Goes round the lines, a day of each at a time. */
export class Rotation {
  #lines: readonly SkuLine[] = [];
  #at = 0;
  #leftOfTurn = HOURS_A_TURN;

  set lines(lines: readonly SkuLine[]) {
    this.#lines = lines.filter((line) => !isExhausted(line));
    this.#at = 0;
    this.#leftOfTurn = HOURS_A_TURN;
  }

  /** Calls back with up to `count` (line, seq) pairs; answers how many there were. */
  take(count: number, visit: (line: SkuLine, seq: number) => void): number {
    let taken = 0;
    while (taken < count && this.#lines.length > 0) {
      const line = this.#lines[this.#at] as SkuLine;
      visit(line, line.seq++);
      taken++;
      if (--this.#leftOfTurn === 0 || isExhausted(line)) this.#nextTurn(line);
    }
    return taken;
  }

  #nextTurn(line: SkuLine): void {
    this.#leftOfTurn = HOURS_A_TURN;
    if (isExhausted(line)) {
      this.#lines = this.#lines.filter((other) => other !== line);
      this.#at %= Math.max(1, this.#lines.length);
    } else {
      this.#at = (this.#at + 1) % this.#lines.length;
    }
  }
}
