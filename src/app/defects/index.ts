/**
 * Defective builds and planted bugs, chosen by the setting DEFECT: what the lab's analysis and checker must notice.
 * They are laboratory equipment and part of every image; without one nothing of this folder but this file is loaded.
 */
import type { Logger } from 'pino';
import type { Defect } from './defect.ts';

const loaders = {
  crash: async () => (await import('./crash.ts')).crash,
  slow: async () => (await import('./slow.ts')).slow,
  'double-count': async () => (await import('./double-count.ts')).doubleCount,
  'wrong-month': async () => (await import('./wrong-month.ts')).wrongMonth,
  'bad-schema': async () => (await import('./bad-schema.ts')).badSchema,
  'no-compare-and-set': async () => (await import('./no-compare-and-set.ts')).noCompareAndSet,
  'no-fence': async () => (await import('./no-fence.ts')).noFence,
  'commit-before-apply': async () => (await import('./commit-before-apply.ts')).commitBeforeApply,
  'publish-without-version': async () =>
    (await import('./publish-without-version.ts')).publishWithoutVersion,
  'no-dedup': async () => (await import('./no-dedup.ts')).noDedup,
  'drop-and-duplicate': async () => (await import('./drop-and-duplicate.ts')).dropAndDuplicate,
  'default-for-unknown': async () => (await import('./default-for-unknown.ts')).defaultForUnknown,
  'off-by-one-month': async () => (await import('./off-by-one-month.ts')).offByOneMonth,
} satisfies Readonly<Record<string, () => Promise<Defect>>>;

const NONE = 'none';
const NO_DEFECT: Defect = { what: 'nothing' };

/** Values of the setting DEFECT; the first one stands for an application as it should be. */
export const DEFECT_NAMES = [NONE, ...Object.keys(loaders)];

/** One of {@link DEFECT_NAMES}; says so loudly where it is a defect. */
export async function loadDefect(name: string, log: Logger): Promise<Defect> {
  if (name === NONE) return NO_DEFECT;
  const defect: Defect = await loaders[name as keyof typeof loaders]();
  const message = `DEFECT=${name} IS ON, THIS PROGRAM IS WRONG ON PURPOSE: ${defect.what}`;
  log.error({ event: 'defect', defect: name }, message);
  return defect;
}
