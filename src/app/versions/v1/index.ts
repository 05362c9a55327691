/** Version 1 of the application: counts of widgets made. */
import type { ApplicationVersion } from '../../version.ts';
import { makeRecord, problem } from './raw-data.ts';
import { rawDataSchema, summarySchema } from './schemas.ts';
import { measures, present, presentSchema } from './summary.ts';
import { columns, fold, summarise } from './totals.ts';

export const version: ApplicationVersion = {
  name: 'v1',
  measures,
  rawDataSchema,
  summarySchema,
  makeRecord,
  problem,
  columns,
  fold,
  summarise,
  present,
  presentSchema,
};
