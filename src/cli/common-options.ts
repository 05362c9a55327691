/** Options that several commands share. */

import Type from 'typebox';
import { platformNames } from './platforms.ts';

/** Which lab is meant. */
export const labNameOption = Type.String({
  flags: '--name <name>',
  description: 'name of the lab, so that several can run side by side',
  pattern: '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$',
  expected: 'lower-case letters, digits and dashes, at most 32',
  default: 'default',
});

/** Where the lab runs. */
export const platformOption = Type.String({
  flags: '--platform <name>',
  description: 'where the lab runs',
  enum: platformNames,
  expected: `one of: ${platformNames.join(', ')}`,
  default: 'local',
});
