/** The Avro schemas of this version, read from the files beside it. */
import { readFileSync } from 'node:fs';
import type { AvroSchema, SchemaStyle } from '../../version.ts';

function read(file: string): AvroSchema {
  return JSON.parse(readFileSync(new URL(`schemas/${file}`, import.meta.url), 'utf8'));
}

/** Schema of `raw-data-in`, with the added fields declared in the given style. */
export const rawDataSchema = (style: SchemaStyle): AvroSchema => read(`raw-data.${style}.avsc`);

/** Schema of `summary-stats`. */
export const summarySchema = read('summary-stats.avsc');
