/** What a defective build of the new version does, and which gate is meant for it. */

import type { FindingKind } from '../../history/history.ts';
import type { Build } from '../experiment.ts';
import type { Writing } from './application.ts';

/** What a defect of the Back End does to totals; null where it does nothing to them. */
export const damages: Readonly<Record<Build, FindingKind | null>> = {
  good: null,
  crash: null,
  slow: null,
  'double-count': 'duplicated',
  'wrong-month': 'mis-aggregated',
  'bad-schema': null,
};

/** Whether the analysis takes the build back as soon as its Back End counts. */
export function isCaughtCounting(build: Build): boolean {
  return build !== 'good' && build !== 'bad-schema';
}

const bad = new WeakMap<Writing, Writing>();

/** What the Generator of the build `bad-schema` writes: `manufactured_qty` as a text. */
export function badWriting(good: Writing): Writing {
  const known = bad.get(good);
  if (known !== undefined) return known;
  const { schema, record } = good;
  const fields = schema.fields.map((field) =>
    field.name === 'manufactured_qty' ? { ...field, type: 'string' } : field,
  );
  const writing = {
    schema: { ...schema, fields },
    record: { ...record, manufactured_qty: String(record.manufactured_qty) },
  };
  bad.set(good, writing);
  return writing;
}
