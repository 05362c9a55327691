/** JSON Schemas of the answers, from which the OpenAPI description is made. */
import type { ApplicationVersion } from '../../version.ts';
import { problemResponse } from './problem.ts';

const integer = { type: 'integer' };
const integerOrNull = { type: ['integer', 'null'] };
const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

/** An object whose properties are all required and the only ones. */
function object(properties: Readonly<Record<string, unknown>>) {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  };
}

const list = (items: unknown) => ({ type: 'array', items });

/** Each measure of a version as an integer that may be unknown. */
function measuresOf({ measures }: ApplicationVersion) {
  return Object.fromEntries(measures.map(({ field }) => [field, integerOrNull]));
}

/** Answer of `GET /summary`. */
export function summarySchema({ presentSchema }: ApplicationVersion) {
  return object({ description: text, data: list(presentSchema) });
}

/** Answer of `GET /sku_names`. */
export const nameListSchema = object({ names: list(text) });

/** Answer of `GET /query/{sku}/{year}`. */
export function queryAnswerSchema(version: ApplicationVersion) {
  const row = object({ sku: text, year: integer, month: integer, ...measuresOf(version) });
  return object({ version: text, data: list(row) });
}

const namedField = object({ field: text, label: text });

/** Answer of `GET /series`. */
export function seriesSchema(version: ApplicationVersion) {
  const columns = Object.fromEntries(
    version.measures.map(({ field }) => [field, list(integerOrNull)]),
  );
  const months = {
    ...list(integer),
    description: 'Months since January 2000; the other lists have one entry for each',
  };
  const series = object({ months, records: list(integer), ...columns });
  return object({
    version: text,
    revision: integer,
    measures: list(namedField),
    monthly: list(namedField),
    total: { ...series, additionalProperties: list(integerOrNull) },
    skus: { type: 'object', additionalProperties: series },
  });
}

/** Answer of `GET /status`. */
export const statusSchema = object({
  version: text,
  runId: text,
  instance: text,
  condition: {
    type: 'string',
    enum: ['live', 'behind', 'rebuilding', 'kafka-away', 'state-away'],
  },
  detail: text,
  now: { type: 'string', format: 'date-time' },
  updatedAt: { ...textOrNull, format: 'date-time' },
  revision: integerOrNull,
  rows: integerOrNull,
  skus: integerOrNull,
  records: integerOrNull,
  recordsExpected: integerOrNull,
  lagRecords: integerOrNull,
  undecodable: integer,
});

/** What a route may answer besides its good answer. */
export interface ResponseKinds {
  readonly conditional?: boolean;
  readonly sku?: boolean;
  readonly bad?: boolean;
  readonly unavailable?: boolean;
}

/** The answers of a route that gives JSON; it reads the state unless told otherwise. */
export function responses(good: object, kinds: ResponseKinds) {
  const { conditional = false, sku = false, bad = true, unavailable = true } = kinds;
  return {
    200: { description: 'Good answer', content: { 'application/json': { schema: good } } },
    ...(conditional && {
      304: { description: 'Nothing changed since the tag in If-None-Match', type: 'null' },
    }),
    ...(bad && {
      400: problemResponse('A part of the request cannot be used; `errors` names each'),
    }),
    ...(sku && { 404: problemResponse('A SKU that is asked for is not known') }),
    405: problemResponse('Only GET and HEAD are answered'),
    ...(unavailable && { 503: problemResponse('The summary cannot be read now; try again') }),
  };
}
