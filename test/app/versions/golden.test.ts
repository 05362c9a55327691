/** Freezes what each version makes, folds and shows, so that an upgrade changes only what it means to change. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { HOURS } from '../../../src/app/runtime/calendar.ts';
import type { ApplicationVersion, SchemaStyle, SummaryRow } from '../../../src/app/version.ts';
import { availableVersions, loadVersion } from '../../../src/app/versions/load.ts';

const STYLES: readonly SchemaStyle[] = ['optional', 'defaulted', 'required', 'tightened'];
const SEED = 1;
const YEARS = Array.from({ length: 25 }, (_, index) => 2000 + index);
const SKUS = ['sku_000000', 'sku_000001'];
const SAMPLE_HOURS = [0, 8, 19, 20, 1428, 70_000, HOURS - 5, HOURS - 1];

/** Digest of every record of one SKU, in the order of the hours. */
function digestOfAllRecords(version: ApplicationVersion): string {
  const hash = createHash('sha256');
  for (let hour = 0; hour < HOURS; hour++) {
    hash.update(JSON.stringify(version.makeRecord(SEED, 'sku_000000', hour)));
  }
  return hash.digest('hex');
}

/** January 2000 of both SKUs, folded record by record, as REST shows it. */
function firstMonth(version: ApplicationVersion): unknown {
  const rows = SKUS.map((sku) => {
    const row = new Array<number>(version.columns).fill(0);
    for (let hour = 0; hour < 31 * 24; hour++) {
      version.fold(row, version.makeRecord(SEED, sku, hour));
    }
    const identity = { sku, year: 2000, month: 1, partition: 0, version: 744 };
    return { ...identity, ...version.summarise(row) } as SummaryRow;
  });
  return { rows, shown: version.present(SEED, 2000, 1, rows) };
}

function outputOf(version: ApplicationVersion): unknown {
  return {
    schemas: Object.fromEntries(STYLES.map((style) => [style, version.rawDataSchema(style)])),
    summarySchema: version.summarySchema,
    records: SAMPLE_HOURS.map((hour) => version.makeRecord(SEED, 'sku_000000', hour)),
    allRecords: digestOfAllRecords(version),
    firstMonth: firstMonth(version),
    emptyFebruaries: YEARS.map((year) => version.present(SEED, year, 2, [])),
  };
}

for (const name of availableVersions()) {
  test(`${name} makes, folds and shows what it did when it was frozen`, async () => {
    const output = outputOf(await loadVersion(name));
    const file = new URL(`golden/${name}.json`, import.meta.url);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${JSON.stringify(output, null, 2)}\n`);
    assert.deepEqual(output, JSON.parse(readFileSync(file, 'utf8')));
  });
}

test('every version makes the same count of widgets for a SKU and hour', async () => {
  const [first, ...later] = await Promise.all(availableVersions().map(loadVersion));
  assert.ok(first && later.length > 0);
  for (const version of later) {
    for (let hour = 0; hour < 2_000; hour++) {
      const { manufactured_qty } = version.makeRecord(SEED, 'sku_000007', hour);
      assert.equal(manufactured_qty, first.makeRecord(SEED, 'sku_000007', hour).manufactured_qty);
    }
  }
});
