/** Says everything that is wrong with the text of an experiment file, or makes the experiment of it. */

import { readFileSync } from 'node:fs';
import type { ErrorObject } from 'ajv';
import { Ajv } from 'ajv';
import { nearest } from '../nearest.ts';
import { contradictions } from './contradictions.ts';
import type { Experiment } from './experiment.ts';
import type { ExperimentInFile } from './experiment-file.ts';
import type { FileProblem } from './experiment-file-error.ts';
import type { PlacedYaml } from './yaml-places.ts';
import { readPlacedYaml } from './yaml-places.ts';

const RECORDS_BEFORE = 10_000;
const schemaPath = new URL('../../experiments/experiment.schema.json', import.meta.url);
const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true });
const isInFormat = ajv.compile<ExperimentInFile>(JSON.parse(readFileSync(schemaPath, 'utf8')));

/**
 * Reads the text of an experiment file.
 * @param name of the experiment, e.g. `01-the-safe-way`
 */
export function validateExperiment(
  name: string,
  text: string,
):
  | { readonly experiment: Experiment; readonly problems: readonly [] }
  | { readonly experiment: undefined; readonly problems: readonly FileProblem[] } {
  const yaml = readPlacedYaml(text);
  const { data } = yaml;
  if (yaml.problems.length > 0) return { experiment: undefined, problems: yaml.problems };
  const found = isInFormat(data)
    ? contradictions(data).map(({ path, message }) => ({ ...yaml.placeOf(path), message }))
    : (isInFormat.errors ?? []).map((error) => problemOf(error, yaml));
  const named = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [wrongName(name)];
  const problems = [...named, ...found].toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (problems.length > 0 || !isInFormat(data)) return { experiment: undefined, problems };
  return { experiment: toExperiment(name, data), problems: [] };
}

function wrongName(name: string): FileProblem {
  const rule = 'must be lower-case letters, digits and dashes';
  return { line: 1, column: 1, message: `the file's name ${name} ${rule}` };
}

function toExperiment(name: string, file: ExperimentInFile): Experiment {
  const { before, workload, upgrades, ...rest } = file;
  const { 'rate-per-second': ratePerSecond, ...flow } = workload;
  return {
    name,
    ...rest,
    before: before ?? versionsBelow(file.start).map(leftBefore),
    workload: { ...flow, ratePerSecond },
    upgrades: upgrades.map(({ 'bake-records': bakeRecords, ...upgrade }) => {
      return { ...upgrade, bakeRecords };
    }),
  };
}

function leftBefore(version: string) {
  return { version, records: RECORDS_BEFORE };
}

function versionsBelow(version: string): readonly string[] {
  const number = Number(version.slice(1));
  return Array.from({ length: number - 1 }, (_, index) => `v${index + 1}`);
}

function problemOf(error: ErrorObject, yaml: PlacedYaml): FileProblem {
  const path = pathOf(error.instancePath);
  const name = nameOf(path);
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
    const hint = hintFor(key, known);
    return { ...yaml.placeOfKey(path, key), message: `${nameOf([...path, key])}: unknown${hint}` };
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    return { ...yaml.placeOf(path), message: `${nameOf([...path, key])}: is missing` };
  }
  return { ...yaml.placeOf(path), message: `${name}: ${ruleOf(error)}` };
}

/** What a value must be, in words. */
function ruleOf({ keyword, params, message, data }: ErrorObject): string {
  const got = data === null || typeof data === 'object' ? '' : `${String(data)}: `;
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as readonly unknown[]).map(String);
    const hint = typeof data === 'string' ? hintFor(data, allowed) : '';
    return `${got}must be one of ${allowed.join(', ')}${hint}`;
  }
  if (keyword === 'type') return `${got}must be ${article(String(params.type))}`;
  if (keyword === 'minimum') return `${got}must be at least ${params.limit}`;
  if (keyword === 'maximum') return `${got}must be at most ${params.limit}`;
  if (keyword === 'minItems') return `must have at least ${params.limit} entry`;
  if (keyword === 'minLength') return 'must not be empty';
  return message ?? keyword;
}

function article(type: string): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a map of keys',
    array: 'a list',
    integer: 'a whole number',
    string: 'a text',
  };
  return words[type] ?? type;
}

function hintFor(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

function pathOf(pointer: string): readonly (string | number)[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** `['upgrades', 0, 'to']` as `upgrades[0].to`. */
function nameOf(path: readonly (string | number)[]): string {
  const text = path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${part}`),
    '',
  );
  return text === '' ? 'the file' : text.replace(/^\./, '');
}
