/** The axes of the matrix; of light weight, so that a command line can be checked against them at once. */

import { compatibilityModes } from './compatibility.ts';

/** The axes of the matrix, each in the order in which its values are shown. */
export const axes = {
  pair: ['v1-v2', 'v2-v3', 'v1-v3'],
  strategy: ['rolling', 'canary', 'blue-green'],
  order: ['consumers-first', 'producers-first'],
  compatibility: compatibilityModes,
  style: ['optional', 'defaulted', 'required', 'tightened'],
} as const;
