/** A set of small integers, one bit each, that grows with its highest member. */

/** Integers from 0; memory is an eighth of a byte for each up to the highest. */
export class Bitset {
  #bits = new Uint32Array(32);
  /** Members of the set. */
  size = 0;

  /** Adds an integer; false where it was there already. */
  add(value: number): boolean {
    const word = value >>> 5;
    if (word >= this.#bits.length) this.#grow(word);
    const mask = 1 << (value & 31);
    const bits = this.#bits[word] ?? 0;
    if ((bits & mask) !== 0) return false;
    this.#bits[word] = bits | mask;
    this.size++;
    return true;
  }

  /** The lowest integer that is not a member. */
  firstAbsent(): number {
    const word = this.#bits.findIndex((bits) => bits !== 0xffffffff);
    if (word < 0) return this.#bits.length * 32;
    const inverted = ~(this.#bits[word] ?? 0);
    return word * 32 + 31 - Math.clz32(inverted & -inverted);
  }

  #grow(word: number): void {
    const bits = new Uint32Array(Math.max(word + 1, this.#bits.length * 2));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
