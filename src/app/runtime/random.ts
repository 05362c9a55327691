/** Randomness as a pure function of (seed, SKU, hour, field), so that any process can recompute any record. */

/** FNV-1a over UTF-8 bytes, as uint32. Source: the FNV draft of Fowler, Noll and Vo. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3 (Appleby), as uint32. */
function fmix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const hashes = new Map<string, number>();

function hashOf(text: string): number {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = fnv1a(text);
    hashes.set(text, hash);
  }
  return hash;
}

/** A uint32 that depends on nothing but its arguments; for draws made once a year, `hour` is the year. */
export function random(seed: number, sku: string, hour: number, field: string): number {
  const ofSku = fmix(seed ^ hashOf(sku));
  const ofHour = fmix((ofSku + Math.imul(hour, 0x9e3779b9)) | 0);
  return fmix(ofHour ^ hashOf(field));
}

/** Maps a uint32 evenly onto the integers low … high, both included. */
export function between(low: number, high: number, uint32: number): number {
  return low + Math.floor((uint32 * (high - low + 1)) / 0x1_0000_0000);
}
