/** What the back end measures. */
import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { FoldedBatch } from './fold.ts';
import type { Applied } from './partition-state.ts';

/** Counters that the parts of the back end raise. */
export interface BackEndMetrics {
  applied(outcome: Applied, batch: FoldedBatch): void;
  published(rows: number): void;
  halted(partition: number): void;
}

/** Registers the back end's metrics; `lagRecords` is asked when they are read. */
export function createBackEndMetrics(
  registry: Registry,
  lagRecords: () => ReadonlyMap<number, number>,
): BackEndMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const batches = counter('cutover_batches_total', 'Batches by what became of them', ['outcome']);
  const offsets = counter('cutover_offsets_total', 'Offsets counted in the state');
  const undecodable = counter('cutover_undecodable_total', 'Records sent to the dead-letter topic');
  const duplicates = counter(
    'cutover_duplicates_total',
    "Producer's duplicates left out of the totals",
  );
  const rows = counter('cutover_rows_published_total', 'Rows published to summary-stats');
  const halts = counter('cutover_halts_total', 'Partitions halted', ['partition']);
  new Gauge({
    name: 'cutover_lag_records',
    help: 'Records in the log that are not counted yet',
    labelNames: ['partition'],
    registers,
    collect() {
      this.reset();
      for (const [partition, lag] of lagRecords()) this.set({ partition: String(partition) }, lag);
    },
  });
  return {
    applied(outcome, batch) {
      batches.inc({ outcome });
      if (outcome !== 'OK') return;
      offsets.inc(batch.next - batch.first);
      undecodable.inc(batch.undecodable);
      duplicates.inc(batch.duplicates);
    },
    published: (count) => rows.inc(count),
    halted: (partition) => halts.inc({ partition: String(partition) }),
  };
}
