/** The Avro schemas of this version, read from the files beside it. */
import { readFileSync } from 'node:fs';
import type { AvroSchema } from '../../version.ts';

function read(file: string): AvroSchema {
  return JSON.parse(readFileSync(new URL(`schemas/${file}`, import.meta.url), 'utf8'));
}

/** Schema of `raw-data-in`; this version declares no field in more than one style. */
export const rawDataSchema = (): AvroSchema => read('raw-data.avsc');

/** Schema of `summary-stats`. */
export const summarySchema = read('summary-stats.avsc');
