/** Options of `cutover plan`, and what contradicts itself among them. */

import Type from 'typebox';
import { availableVersions } from '../../app/versions/load.ts';
import { axes } from '../../experiment/planner/axes.ts';
import { compatibilityModes } from '../../experiment/planner/compatibility.ts';
import { nearest } from '../../nearest.ts';
import { externalOptions } from '../external-components.ts';

const choice = (flags: string, description: string, values: readonly string[]) =>
  Type.Optional(
    Type.String({
      flags,
      description: `${description} (${values.join(', ')})`,
      enum: values,
      expected: `one of: ${values.join(', ')}`,
    }),
  );

const text = (flags: string, description: string) =>
  Type.Optional(Type.String({ flags, description, minLength: 1 }));

/** What a person may set; the names are those of commander's values. */
export const planOptions = Type.Object({
  from: text(
    '--from <version|files>',
    'version of the application, or earlier schemas of a subject, oldest first, separated by commas',
  ),
  to: text('--to <version|file>', 'version to end at, or the new schema'),
  strategy: choice('--strategy <name>', 'only this strategy', [...axes.strategy, 'stop-all']),
  order: choice('--order <order>', 'only this order', axes.order),
  style: choice('--style <style>', 'how added fields are declared; default: optional', axes.style),
  compatibility: choice(
    '--compatibility <mode>',
    "mode of the subjects; default: BACKWARD, or the registry's own",
    compatibilityModes,
  ),
  subject: text('--subject <name>', 'judge the schemas of this subject instead of the application'),
  registry: externalOptions.registry,
  type: choice('--type <type>', 'language of the schemas, where the files do not tell', [
    'AVRO',
    'JSON',
    'PROTOBUF',
  ]),
  trueDefaults: text(
    '--true-defaults <fields>',
    'fields whose default is true of older records, separated by commas',
  ),
});

/** The options as typed. */
export type PlanOptions = Type.Static<typeof planOptions> & { readonly json?: boolean };

const forSchemas = ['registry', 'type', 'trueDefaults'] as const;
const forApplication = ['strategy', 'style'] as const;

/** Everything that contradicts itself, each naming its flag. */
export function findPlanProblems(
  file: string | undefined,
  options: PlanOptions,
): readonly string[] {
  if (file !== undefined) {
    const others = Object.keys(planOptions.properties).filter((name) => name in options);
    return others.map((name) => `${flag(name)}: not with an experiment file, which says it all`);
  }
  return options.subject === undefined ? problemsOfUpgrade(options) : problemsOfSubject(options);
}

/** The parts of a list that is separated by commas. */
export function listOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function problemsOfUpgrade(options: PlanOptions): readonly string[] {
  const { from, to } = options;
  const versions = availableVersions();
  const problems = [
    ...forSchemas
      .filter((name) => name in options)
      .map((name) => `${flag(name)}: only with --subject`),
    ...problemsOfVersion('--from', from, versions),
    ...problemsOfVersion('--to', to, versions),
  ];
  if (problems.length > 0 || from === undefined || to === undefined || to > from) return problems;
  return [`--to ${to}: must be later than --from ${from}`];
}

function problemsOfVersion(
  name: string,
  version: string | undefined,
  versions: readonly string[],
): readonly string[] {
  if (version === undefined) {
    return [
      `${name}: is missing; name a version (${versions.join(', ')}), or give --subject or an experiment file`,
    ];
  }
  if (versions.includes(version)) return [];
  const near = /[./]/.test(version) ? undefined : nearest(version, versions);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const file = /[./]/.test(version) ? '; for a schema file give --subject, too' : '';
  return [`${name} ${version}: must be one of: ${versions.join(', ')}${hint}${file}`];
}

function problemsOfSubject(options: PlanOptions): readonly string[] {
  const { from, to, registry } = options;
  return [
    ...forApplication
      .filter((name) => name in options)
      .map((name) => `${flag(name)}: only for the application, not with --subject`),
    ...(to === undefined ? ['--to: is missing; name the file of the new schema'] : []),
    ...(from === undefined && registry === undefined
      ? ['--from: is missing; name the files of the earlier schemas, or a --registry that has them']
      : []),
    ...(from !== undefined && registry !== undefined
      ? ['--from: not with --registry, which has the earlier schemas']
      : []),
  ];
}

function flag(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
