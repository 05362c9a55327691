/** In which order a SKU's hours are produced: `seq` → hour, as time goes by or as a seeded permutation. */
import { HOURS } from '../runtime/calendar.ts';
import { random } from '../runtime/random.ts';

/** The hour of a SKU's record number `seq` (0 … 211,823); each hour has exactly one. */
export type Order = (seed: number, sku: string, seq: number) => number;

const HALF_BITS = 9;
const HALF_MASK = (1 << HALF_BITS) - 1;
const ROUNDS = 4;

/** A Feistel network permutes 0 … 2^18 − 1; walking it until the hours are met again permutes the hours (Black and Rogaway, 2002). */
function shuffled(seed: number, sku: string, seq: number): number {
  let at = seq;
  do {
    let left = at >>> HALF_BITS;
    let right = at & HALF_MASK;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = left ^ (random(seed, sku, right * ROUNDS + round, 'order') & HALF_MASK);
      left = right;
      right = mixed;
    }
    at = (left << HALF_BITS) | right;
  } while (at >= HOURS);
  return at;
}

/** The orders that can be chosen. */
export const orders: Readonly<Record<'chronological' | 'shuffled', Order>> = {
  chronological: (_seed, _sku, seq) => seq,
  shuffled,
};
