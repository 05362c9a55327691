/** Chooses a key's partition as Kafka's own clients do (murmur2); the client library's reckons in big integers, at 1 µs and much garbage a key. */

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** Partition of a key among `partitions`. */
export function partitionOf(key: Buffer, partitions: number): number {
  return keyHash(key) % partitions;
}

/** What a key's partition is taken from; not negative. */
export function keyHash(key: Buffer): number {
  return murmur2(key) & 0x7fffffff;
}

/** 32-bit MurmurHash2 (Austin Appleby) with Kafka's seed, as in `org.apache.kafka.common.utils.Utils`; a signed int. */
function murmur2(bytes: Buffer): number {
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (whole < bytes.length) {
    for (let at = bytes.length - 1; at >= whole; at--) {
      hash ^= (bytes[at] ?? 0) << (8 * (at - whole));
    }
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
