/** Options of `cutover matrix`, and what is wrong or contradicts itself among them. */

import Type from 'typebox';
import type { UsageCheck } from '../option-schema.ts';
import { placeOptions } from '../place-options.ts';
import { runsFolder } from '../verify/judge-saved.ts';
import { readOnly } from './only.ts';

/** What a person may set; the names are those of commander's values. */
export const matrixOptions = Type.Object({
  ...placeOptions,
  only: Type.Optional(
    Type.Array(Type.String(), {
      flags: '--only <axis=value...>',
      description:
        'part of it: pair, strategy, order, mode, style, e.g. pair=v1-v2,mode=NONE+FULL; may be given several times',
    }),
  ),
  records: Type.Integer({
    flags: '--records <n>',
    description: 'records of each run, at least',
    minimum: 1000,
    maximum: 400_000,
    expected: 'a whole number from 1000 to 400000',
    default: 20_000,
  }),
  html: Type.Optional(
    Type.String({
      flags: '--html <file>',
      description: 'write the matrix as a page',
      minLength: 1,
    }),
  ),
  resume: Type.Optional(
    Type.String({
      flags: '--resume <folder>',
      description: 'folder of a matrix that broke off; what it has is not run again',
      minLength: 1,
    }),
  ),
  runs: Type.String({
    flags: '--runs <folder>',
    description: 'folder that the folder of the matrix is made in',
    minLength: 1,
    expected: 'a folder',
    default: runsFolder,
  }),
});

/** Options as typed, defaults filled in. */
export type MatrixOptions = Type.Static<typeof matrixOptions> & {
  readonly predict?: boolean;
  readonly json?: boolean;
};

/** Everything wrong with the part that was named, and what contradicts itself. */
export const findMatrixProblems: UsageCheck = (_, { only, predict, resume }) => [
  ...(Array.isArray(only) ? readOnly(only.map(String)).problems : []),
  ...(predict === true && resume !== undefined
    ? ['--resume: not with --predict, which runs nothing']
    : []),
];
